/** What the browser tells of something that took time; milliseconds since the page's time origin. */
export interface Timing {
  readonly name: string;
  readonly startTime: number;
}

/** A request that the browser made for the page. */
export interface ResourceTiming extends Timing {
  readonly initiatorType: string;
  readonly fetchStart: number;
  readonly responseEnd: number;
  /** Not told by all browsers. */
  readonly responseStatus?: number;
}

/** The request for the document, and what the browser then did. */
export interface NavigationTiming extends ResourceTiming {
  /** `navigate`, `reload` or `back_forward`. */
  readonly type: string;
  readonly loadEventEnd: number;
  /** When a page that was rendered beforehand was shown; 0 for others. */
  readonly activationStart?: number;
  readonly serverTiming?: readonly { readonly name: string; readonly description: string }[];
}

interface Listening {
  addEventListener(type: string, listener: () => void, options?: object): void;
  removeEventListener(type: string, listener: () => void, options?: object): void;
}

/** The global object of a page, as far as it is used here. */
export interface Page extends Listening {
  readonly location: { readonly href: string };
  readonly performance: {
    readonly timeOrigin: number;
    now(): number;
    getEntriesByType(type: string): readonly unknown[];
  };
  readonly document: Listening & {
    readonly readyState: string;
    readonly visibilityState: string;
    readonly prerendering?: boolean;
    querySelectorAll(
      selector: string,
    ): Iterable<{ readonly name: string; readonly content: string }>;
  };
}

/** @internal `null` where this is none, as in a worker. */
export function thisPage(): Page | null {
  const page = globalThis as unknown as Partial<Page>;
  return page.document?.querySelectorAll === undefined || page.addEventListener === undefined
    ? null
    : (page as Page);
}

/** @internal What the browser has measured of one kind; nothing where it does not measure that. */
export function timingsOf<T extends Timing>({ performance }: Page, type: string): T[] {
  return performance.getEntriesByType(type) as T[];
}
