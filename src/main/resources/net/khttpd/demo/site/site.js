// Makes the demo's pages say what they see. Every page works without it.
'use strict';
document.documentElement.classList.add('js');

// The board would forget its oldest lines in a long visit.
performance.setResourceTimingBufferSize(2000);

const byId = id => document.getElementById(id);
const BACKEND = 'demo-backend';

for (const place of document.querySelectorAll('[data-origin]')) place.textContent = location.origin;

/** Whose answer it is: the backend signs its own; 4xx without its signature is a refusal. */
function answeredBy(response) {
  if ((response.headers.get('Server') || '').startsWith(BACKEND)) return 'pass';
  return response.status >= 400 ? 'refuse' : 'send';
}
const NAMES = {send: 'kHTTPd', pass: 'the backend', refuse: 'refused by kHTTPd'};

/** Asks what the row says and writes into it who answered. */
async function ask(row) {
  const {method, target, extra} = row.dataset;
  const options = {method, headers: {}, cache: 'no-store', redirect: 'manual'};
  if (method === 'POST') options.body = new URLSearchParams({hello: 'backend'});
  if (extra === 'authorization') options.headers.Authorization = 'Basic ZGVtbzpkZW1v';
  if (extra === 'revalidate') {
    const first = await fetch(target, {cache: 'no-store'});
    await first.arrayBuffer();
    options.headers['If-None-Match'] = first.headers.get('ETag') || '"none"';
  }
  const tag = row.querySelector('.tag'), note = row.querySelector('.ms');
  const began = performance.now();
  try {
    const response = await fetch(target, options);
    await response.arrayBuffer();
    const who = answeredBy(response);
    tag.className = 'tag ' + who;
    tag.textContent = NAMES[who];
    note.textContent = `${response.status} · ${(performance.now() - began).toFixed(1)} ms`;
  } catch (gone) {
    tag.className = 'tag refuse';
    tag.textContent = 'no answer';
    note.textContent = '';
  }
}

byId('ask')?.addEventListener('click', async event => {
  event.target.disabled = true;
  for (const row of document.querySelectorAll('tr[data-target]')) await ask(row);
  byId('asked').textContent = 'All ten are answered.';
  event.target.disabled = false;
  refresh();
});

/** How long one request takes, in milliseconds, its body included. */
async function timed(target) {
  const began = performance.now();
  await (await fetch(target, {cache: 'no-store'})).arrayBuffer();
  return performance.now() - began;
}
const median = times => times.sort((a, b) => a - b)[times.length >> 1];

byId('run')?.addEventListener('click', async event => {
  event.target.disabled = true;
  const send = [], pass = [];
  try {
    // In turn, so that neither has the warmer machine.
    for (let i = 0; i < 50; i++) {
      send.push(await timed('/site.css'));
      pass.push(await timed('/site.css?n=' + i));
    }
    const most = Math.max(median(send), median(pass));
    for (const [id, times] of [['bar-send', send], ['bar-pass', pass]]) {
      byId(id).querySelector('b').textContent = median(times).toFixed(2) + ' ms';
      byId(id).style.setProperty('--w', Math.round(100 * median(times) / most) + '%');
    }
  } catch (gone) {
    byId('bar-send').querySelector('b').textContent = 'no answer';
  }
  event.target.disabled = false;
  refresh();
});

function fill(list, lines) {
  list.replaceChildren(...lines.map(parts => {
    const item = document.createElement('li');
    for (const part of parts) item.append(Object.assign(document.createElement('span'), {textContent: part}));
    return item;
  }));
}

/** The backend's answers carry `Server-Timing`, so every entry says for itself who answered it. */
function sentByUs(entry) {
  return new URL(entry.name).origin === location.origin
    && (entry.responseStatus ?? 200) < 400
    && !(entry.serverTiming || []).some(mark => mark.name === BACKEND);
}

/** What this page fetched without the backend, beside the backend's own journal. */
async function refresh() {
  if (!byId('board')) return;
  let seen;
  try {
    seen = await (await fetch('/app/seen', {headers: {Accept: 'application/json'}, cache: 'no-store'})).json();
  } catch (gone) {
    return;
  }
  const sent = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter(sentByUs);
  byId('sent-count').textContent = sent.length;
  fill(byId('sent'), sent.slice(-60).reverse().map(e =>
    [new URL(e.name).pathname, e.transferSize === 0 ? 'your cache' : e.duration.toFixed(1) + ' ms']));
  byId('seen-count').textContent = seen.total;
  fill(byId('seen'), seen.last.slice(-60).reverse().map(e => [e.method + ' ' + e.target, '#' + e.n]));
}

byId('tick')?.addEventListener('click', event => {
  const dots = [...byId('ticks').children];
  dots.forEach(dot => dot.classList.remove('on'));
  event.target.disabled = true;
  const source = new EventSource('/app/stream?n=' + dots.length);
  source.onmessage = message => dots[JSON.parse(message.data).tick - 1]?.classList.add('on');
  // The stream ends after its last tick, which an EventSource calls an error.
  source.onerror = () => { source.close(); event.target.disabled = false; refresh(); };
});

byId('echo')?.addEventListener('submit', async event => {
  event.preventDefault();
  const place = byId('echoed');
  try {
    const response = await fetch('/app/echo', {method: 'POST', body: new FormData(event.target), headers: {Accept: 'application/json'}});
    const list = Object.assign(document.createElement('dl'), {className: 'facts'});
    for (const [name, value] of Object.entries(await response.json())) {
      const row = document.createElement('div');
      row.append(Object.assign(document.createElement('dt'), {textContent: name}), Object.assign(document.createElement('dd'), {textContent: value}));
      list.append(row);
    }
    place.replaceChildren(list);
  } catch (gone) {
    place.textContent = 'No answer: is the demo still running?';
  }
  refresh();
});

if (byId('board')) {
  refresh();
  setInterval(() => document.hidden || refresh(), 3000);
}
