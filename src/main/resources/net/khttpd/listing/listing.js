
"use strict";
{
  const head = document.querySelector("thead");
  const items = document.querySelector("tbody.items");
  const columns = Array.from(head.querySelectorAll("th"));
  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const isFolder = row => row.querySelector("a.folder") !== null;
  const value = (row, column) => Number(row.cells[column].dataset.value);
  const order = column => column === 0
    ? (a, b) => words.compare(a.cells[0].textContent, b.cells[0].textContent)
    : (a, b) => value(a, column) - value(b, column);
  const sort = (column, sign) => {
    const rows = Array.from(items.rows);
    const by = order(column);
    rows.sort((a, b) => isFolder(b) - isFolder(a) || sign * by(a, b));
    items.append(...rows);
  };
  columns.forEach((th, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = th.textContent;
    button.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending";
      columns.forEach(other => other.removeAttribute("aria-sort"));
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(column, down ? -1 : 1);
    });
    th.replaceChildren(button);
  });
  head.classList.add("live");
}
