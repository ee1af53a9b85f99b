/** The paths of an app and their methods, to distinguish 405 from 404. */
interface KnownPaths {
  /** Adds a route. @param url pattern such as `/orders/:id`; one with a wildcard is ignored */
  add(method: string | readonly string[], url: string): void;
  /** Returns the sorted methods of a path; empty for an unknown path. Ignores a trailing slash. */
  methodsOf(path: string): readonly string[];
}

/** Creates an empty collection. Only requests without a matching route search it. */
export function createKnownPaths(): KnownPaths {
  const known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  return {
    add(method, url) {
      if (url.includes('*')) return;
      const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const name of [method].flat()) entry.methods.add(name);
      known.set(url, entry);
    },
    methodsOf(path) {
      const methods = [...known.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((entry) => [...entry.methods]);
      return [...new Set(methods)].toSorted();
    },
  };
}

/** Returns the pattern of a route; every parameter is one segment that is not empty. */
function patternOf(url: string): RegExp {
  const texts = url.split(/:\w+/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${texts.join('[^/]+')}/?$`);
}
