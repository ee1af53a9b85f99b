/** The paths of an app and the methods that each takes, to tell 405 from 404. */
export interface KnownPaths {
  /** @param url as the route declares it, such as `/orders/:id`; one with a wildcard knows no single path */
  add(method: string | readonly string[], url: string): void;
  /** The methods that a path takes, sorted; empty for an unknown path. A trailing slash changes nothing. */
  methodsOf(path: string): readonly string[];
}

/** Collects routes as they are declared. Only requests that met no route search it. */
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

/** Every parameter is one segment that is not empty. */
function patternOf(url: string): RegExp {
  const texts = url.split(/:\w+/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${texts.join('[^/]+')}/?$`);
}
