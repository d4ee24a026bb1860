package dev.heapwarden.crds.policy;

/** The path of something that a program offers by HTTP. */
final class UrlPath {
  static final int LENGTH = 256;

  /** Nothing that an address could be made of, and no query. */
  static final String VALID = "self.matches('^/[A-Za-z0-9._~/-]*$')";

  static final String MESSAGE = "path must begin with / and hold letters, digits and -._~/ only";

  private UrlPath() {}
}
