package net.khttpd.control;

/// The program's entry.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("khttpd");
  }
}
