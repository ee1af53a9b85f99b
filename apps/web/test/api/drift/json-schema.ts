/** The part of JSON Schema that the document uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Samples for every pattern and format of the document. */
const STRINGS = [
  '1.50',
  '1',
  'text',
  '2026-01-31T14:03:22.123Z',
  '2026-01-31',
  'BTC',
  'house:fee',
  'ada@example.com',
  'https://example.com/paper',
  '0190b7a0-5c3e-7c5e-8f3e-2f8c5d1a4b6c',
  '+491701234567',
  '192.0.2.1',
  '2001:db8::1',
  '',
];

/** Returns the violations of a schema; empty if there are none. */
export function misfits(schema: JsonSchema, value: unknown, path = ''): string[] {
  const { anyOf, allOf } = schema;
  if (anyOf && anyOf.every((each) => misfits(each, value, path).length > 0)) {
    return [`${path} fits none of its alternatives`];
  }
  const faults = (allOf ?? []).flatMap((each) => misfits(each, value, path));
  if (schema.enum && !schema.enum.includes(value))
    faults.push(`${path} is none of ${schema.enum.join(', ')}`);
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    return [...faults, `${path} is no ${types.join(' or ')}`];
  }
  if (typeof value === 'string') faults.push(...misfitsOfText(schema, value, path));
  if (typeof value === 'number' && (value < (schema.minimum ?? value) || value > (schema.maximum ?? value))) {
    faults.push(`${path} is out of range`);
  }
  if (Array.isArray(value)) {
    faults.push(...value.flatMap((item, index) => misfits(schema.items ?? {}, item, `${path}/${index}`)));
  } else if (typeof value === 'object' && value !== null)
    faults.push(...misfitsOfObject(schema, value, path));
  return faults;
}

function typesOf({ type }: JsonSchema): readonly string[] {
  return type === undefined ? [] : [type].flat();
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type && value !== null && !Array.isArray(value);
}

function misfitsOfText({ pattern, minLength, maxLength }: JsonSchema, text: string, path: string): string[] {
  const isLong = text.length < (minLength ?? 0) || text.length > (maxLength ?? text.length);
  const isOff = pattern !== undefined && !new RegExp(pattern, 'u').test(text);
  return isLong || isOff ? [`${path} is not written as it has to be: ${text}`] : [];
}

function misfitsOfObject(schema: JsonSchema, value: object, path: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}/${name} is missing`);
  const rest = Object.entries(value).flatMap(([name, each]) => {
    const known =
      properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (known) return misfits(known, each, `${path}/${name}`);
    return additionalProperties === false ? [`${path}/${name} is not known`] : [];
  });
  return [...missing, ...rest];
}

/**
 * Returns sample values of a schema: all alternatives, all enum members, null where allowed, and optional fields
 * missing.
 */
export function samplesOf(schema: JsonSchema): unknown[] {
  if (schema.enum) return [...schema.enum];
  if (schema.anyOf) return schema.anyOf.flatMap(samplesOf);
  if (schema.allOf) return samplesOf(Object.assign({}, ...schema.allOf) as JsonSchema);
  if (Array.isArray(schema.type))
    return schema.type.flatMap((type: string) => samplesOf({ ...schema, type }));
  switch (schema.type) {
    case 'null':
      return [null];
    case 'boolean':
      return [true, false];
    case 'integer':
    case 'number':
      return [schema.minimum ?? 1];
    case 'string':
      return [textFor(schema)];
    case 'array':
      return [[], ...samplesOf(schema.items ?? {}).map((item) => [item])];
    case 'object':
      return objectsFor(schema);
    default:
      return [null];
  }
}

function textFor(schema: JsonSchema): string {
  const wanted = schema.format === 'date-time' ? STRINGS.filter((text) => text.endsWith('Z')) : STRINGS;
  const found = wanted.find((text) => misfitsOfText(schema, text, '').length === 0);
  if (found === undefined) throw new Error(`no sample fits ${JSON.stringify(schema)}`);
  return found;
}

function objectsFor({ properties = {}, required = [], additionalProperties }: JsonSchema): unknown[] {
  const choices = Object.entries(properties).map(([name, each]) => [name, samplesOf(each)] as const);
  const full = Object.fromEntries(choices.map(([name, [first]]) => [name, first]));
  const extra =
    typeof additionalProperties === 'object' ? samplesOf(additionalProperties).map((key) => ({ key })) : [];
  return [
    full,
    ...choices.flatMap(([name, [, ...others]]) => others.map((other) => ({ ...full, [name]: other }))),
    ...Object.keys(properties)
      .filter((name) => !required.includes(name))
      .map((name) => Object.fromEntries(Object.entries(full).filter(([each]) => each !== name))),
    ...extra.map((each) => ({ ...full, ...each })),
  ];
}
