import type { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { toProblem } from '../../../src/api/http/api-problem.ts';
import type { JsonSchema } from './json-schema.ts';
import { misfits, samplesOf } from './json-schema.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Makes one call of the client through the global `fetch`. */
export type Call = () => Promise<unknown>;

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

/**
 * Returns the differences between a call and the API document: checks the request against the document and feeds the
 * call every kind of answer that the document allows.
 */
export async function findDrift(call: Call, document: ApiDocument): Promise<string[]> {
  const sent = await requestOf(call);
  const operation = operationFor(sent, document);
  if (!operation) return [`${sent.method} ${sent.url.pathname} is not in the document`];
  return [
    ...driftOfQuery(sent, operation),
    ...driftOfBody(sent, operation),
    ...(await driftOfAnswers(call, operation)),
  ];
}

async function requestOf(call: Call): Promise<Sent> {
  let sent: Sent | undefined;
  await answering(call, (input, init) => {
    sent ??= {
      method: init?.method ?? 'GET',
      url: new URL(input, 'http://api.example'),
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
    };
    return new Response(null, { status: 500 });
  }).catch(() => undefined);
  if (!sent) throw new Error('the call sent nothing');
  return sent;
}

async function answering(
  call: Call,
  answer: (url: string, init?: RequestInit) => Response,
): Promise<unknown> {
  const real = globalThis.fetch;
  // The client passes URLs as text.
  globalThis.fetch = async (input, init) => answer(input as string, init);
  try {
    return await call();
  } finally {
    globalThis.fetch = real;
  }
}

function operationFor({ method, url }: Sent, { paths }: ApiDocument): Operation | undefined {
  const isAsked = (template: string): boolean =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url.pathname);
  const found = Object.entries(paths).filter(
    ([template, operations]) => isAsked(template) && method.toLowerCase() in operations,
  );
  // `/orders/preview` also matches an order id: literal paths come first.
  const [best] = found.toSorted(([one], [other]) => one.split('{').length - other.split('{').length);
  return best?.[1][method.toLowerCase()];
}

function driftOfQuery({ url }: Sent, { parameters = [] }: Operation): string[] {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const given = [...url.searchParams].flatMap(([name, text]) => {
    const parameter = known.find((each) => each.name === name);
    if (!parameter) return [`query ${name} is not known`];
    // In a query, numbers and booleans are text, and a list is its elements with commas.
    const readings: unknown[] = [text, Number(text), text === 'true', text.split(',')];
    const [fault, ...others] = readings.map((value) => misfits(parameter.schema, value, `query ${name}`));
    return others.some((each) => each.length === 0) ? [] : (fault ?? []);
  });
  const missing = known.filter(({ name, required }) => required === true && !url.searchParams.has(name));
  return [...given, ...missing.map(({ name }) => `query ${name} is missing`)];
}

function driftOfBody({ body }: Sent, { requestBody }: Operation): string[] {
  const schema = requestBody?.content?.['application/json']?.schema;
  if (body !== undefined) return schema ? misfits(schema, body, 'body') : ['body is not known'];
  return requestBody?.required === true ? ['body is missing'] : [];
}

async function driftOfAnswers(call: Call, { responses }: Operation): Promise<string[]> {
  const faults: string[] = [];
  for (const [status, { content = {} }] of Object.entries(responses)) {
    if (!/^2\d\d$/.test(status)) continue;
    const schema = content['application/json']?.schema;
    const bodies = schema ? samplesOf(schema).map((sample) => JSON.stringify(sample)) : ['name\n'];
    const type = Object.keys(content)[0] ?? 'application/json';
    for (const body of bodies) {
      const answer = () =>
        status === '204'
          ? new Response(null, { status: 204 })
          : new Response(body, { status: parseInt(status, 10), headers: { 'content-type': type } });
      const fault = await answering(call, answer).then(
        () => undefined,
        (error: unknown) => toProblem(error),
      );
      if (fault)
        faults.push(`answer ${status} is not understood: ${reasonOf(fault)} in ${body.slice(0, 300)}`);
    }
  }
  return faults;
}

function reasonOf({ message, cause }: ApiProblem): string {
  return cause instanceof Error ? cause.message : message;
}
