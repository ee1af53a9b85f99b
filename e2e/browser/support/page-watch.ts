import type { BrowserContext, Page } from '@playwright/test';

type FaultKind = 'console' | 'exception' | 'policy' | 'foreign-request' | 'text';

/** A fault that no page may have. */
export interface Fault {
  readonly kind: FaultKind;
  readonly detail: string;
}

/** Watches every page of a test and collects their faults. */
export interface PageWatch {
  /** Watches every page of a context, including later ones. */
  follow(context: BrowserContext): Promise<void>;
  /** Allows faults that the test causes itself, such as the console message of a 404. */
  allow(kind: FaultKind, detail: RegExp): void;
  /** Returns and clears the faults that are not allowed. */
  takeFaults(): Promise<Fault[]>;
}

/** Values shown by mistake only; Axie Infinity is an asset. */
const LEAKED_VALUES = String.raw`\b(?:NaN|undefined|(?<!Axie )Infinity)\b|\[object `;
const REPORT = 'reportFaultOfPage';

export function createPageWatch(origin: string): PageWatch {
  const faults: Fault[] = [];
  const allowed: { readonly kind: FaultKind; readonly detail: RegExp }[] = [];
  const contexts: BrowserContext[] = [];
  const note = (kind: FaultKind, detail: string): void => void faults.push({ kind, detail });

  function followPage(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') note('console', `${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => note('exception', error.stack ?? error.message));
  }

  return {
    async follow(context) {
      contexts.push(context);
      context.on('page', followPage);
      context.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith('http') && url.origin !== origin) note('foreign-request', request.url());
      });
      await context.exposeBinding(REPORT, (_source, kind: FaultKind, detail: string) => note(kind, detail));
      await context.addInitScript(watchFromInside, { report: REPORT, leaked: LEAKED_VALUES });
    },
    allow: (kind, detail) => void allowed.push({ kind, detail }),
    async takeFaults() {
      // Faults arrive a moment later: a round trip to each page lets them arrive.
      const pages = contexts.flatMap((context) => context.pages());
      await Promise.all(pages.map((page) => page.evaluate(() => undefined).catch(() => undefined)));
      const isAllowed = ({ kind, detail }: Fault): boolean =>
        allowed.some((one) => one.kind === kind && one.detail.test(detail));
      return faults.splice(0).filter((fault) => !isAllowed(fault));
    },
  };
}

/**
 * Runs in the page before its own scripts. Checks text as it changes, so that a wrong value counts even if it is
 * replaced a moment later.
 */
function watchFromInside({ report, leaked }: { readonly report: string; readonly leaked: string }): void {
  const tell = (window as unknown as Record<string, (kind: string, detail: string) => void>)[report];
  const pattern = new RegExp(leaked);
  const spokenAttributes = ['aria-label', 'title', 'placeholder', 'alt'];

  const look = (text: string | null): void => {
    if (text && pattern.test(text)) tell?.('text', text.slice(0, 200));
  };
  const lookInto = (node: Node): void => {
    if (node instanceof Element) {
      if (node instanceof HTMLScriptElement || node instanceof HTMLStyleElement) return;
      for (const name of spokenAttributes) look(node.getAttribute(name));
      node.childNodes.forEach(lookInto);
    } else if (node instanceof Text) look(node.data);
  };

  document.addEventListener('securitypolicyviolation', (event) => {
    tell?.('policy', `${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === 'characterData') look(target.textContent);
      else if (type === 'childList') addedNodes.forEach(lookInto);
      else if (target instanceof Element && attributeName) look(target.getAttribute(attributeName));
    }
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: spokenAttributes,
  });
}
