/** What `join-modules.mjs` puts here from `package.json`. */
declare const PACKAGE_VERSION: string;

/** @internal The version of this package. */
export const VERSION: string = PACKAGE_VERSION;
