import { z } from 'zod';
import { PARAMETER_SCHEMAS } from './route-table.ts';

const PARAMETER_PATTERN = /:(\w+)/g;

/** The parsed values of a path's parameters. */
export type PathParameters = Readonly<Record<string, string>>;

/** A path such as `/orders/:id`, parsed once. */
export interface PathTemplate {
  /** The schema of the parameters; undefined without parameters. */
  readonly schema: z.ZodType<PathParameters> | undefined;
  build(parameters: PathParameters): string;
}

/**
 * Parses the path of a route.
 * @throws Error for a parameter without a schema: a path is built only from validated values
 */
export function createPathTemplate(path: string): PathTemplate {
  const names = Array.from(path.matchAll(PARAMETER_PATTERN), ([, name = '']) => name);
  if (names.length === 0) return { schema: undefined, build: () => path };
  const texts = path.split(/:\w+/);
  return {
    schema: z.strictObject(Object.fromEntries(names.map((name) => [name, schemaOf(name)]))),
    build(parameters) {
      let built = texts[0] ?? '';
      for (const [index, name] of names.entries()) {
        built += encodeURIComponent(parameters[name] ?? '') + (texts[index + 1] ?? '');
      }
      return built;
    },
  };
}

function schemaOf(name: string): z.ZodType<string> {
  if (!Object.hasOwn(PARAMETER_SCHEMAS, name)) throw new Error(`The path parameter "${name}" has no schema.`);
  return PARAMETER_SCHEMAS[name as keyof typeof PARAMETER_SCHEMAS];
}
