import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AuditInput } from '@cnop/common/auth/audit-event';
import { auditEventOf } from '@cnop/common/auth/audit-event';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { systemIds } from '@cnop/common/core/ids';
import type { Position } from '@cnop/common/core/pagination';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { AUDIT_EVENT_TYPES, UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { anEventId, aUsername } from '@cnop/testing/builders/brands';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZodError } from 'zod';

const ALICE = aUsername('alice');
const CAROL = aUsername('carol');

let folder = '';
let store: TableStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-audit-'));
  store = createLmdbTableStore({ path: folder });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function aLog(start: string) {
  const clock = createFakeClock(start);
  return { clock, log: createAuditLogger({ store, clock, ids: systemIds }) };
}

const PAGE = { limit: 50 };

describe('the audit log', () => {
  it('stores all facts of an event', async () => {
    const { log } = aLog('2026-02-01T08:00:00.000Z');
    const recorded = await log.record({
      type: 'role_change',
      username: ALICE,
      actor: aUsername('root'),
      address: '2001:db8::1',
      userAgent: 'Browser/1.0',
      requestId: 'request-1',
      detail: { reason: 'asked for it' },
      changes: [{ field: 'role', before: 'customer', after: 'moderator' }],
    });
    expect(recorded).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      event_type: 'role_change',
      username: 'alice',
      actor: 'root',
      address: '2001:db8::1',
      user_agent: 'Browser/1.0',
      request_id: 'request-1',
      detail: { reason: 'asked for it' },
      changes: [{ field: 'role', before: 'customer', after: 'moderator' }],
      occurred_at: '2026-02-01T08:00:00.000Z',
    });
    expect((await log.byUser(ALICE, PAGE)).items).toEqual([recorded]);
  });

  it('is stored under the documented key and expires after 400 days', async () => {
    const { log } = aLog('2026-02-02T08:00:00.000Z');
    const event = log.eventOf({ type: 'logout', username: aUsername('bob') });
    const sk = `2026-02-02T08:00:00.000Z#${event.event_id}`;
    expect(log.writeFor(event)).toEqual({
      kind: 'create',
      key: { table: 'users', pk: 'AUDIT#bob', sk },
      attributes: event,
      indexes: { AuditByDayIndex: { pk: 'AUDIT#2026-02-02', sk } },
      expiresAtEpochSeconds: Date.parse('2026-02-02T08:00:00.000Z') / 1_000 + 400 * 86_400,
    });
  });

  it('is written in the transaction of its event: both or neither', async () => {
    const { log } = aLog('2026-02-03T08:00:00.000Z');
    const event = log.eventOf({ type: 'status_change', username: CAROL });
    const refused = store.transact({}, () => {
      log.writeFor(event);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect((await log.byUser(CAROL, PAGE)).items).toEqual([]);
    await store.transact({}, () => ({ writes: [log.writeFor(event)], result: undefined }));
    expect((await log.byUser(CAROL, PAGE)).items).toEqual([event]);
  });

  it('never overwrites an event', async () => {
    const { log } = aLog('2026-02-04T08:00:00.000Z');
    const event = log.eventOf({ type: 'login', username: aUsername('dave') });
    const write = () => store.transact({}, () => ({ writes: [log.writeFor(event)], result: undefined }));
    await write();
    await expect(write()).rejects.toBeInstanceOf(ItemExistsError);
  });

  it('lists the events of a user and of a day, newest first, page by page', async () => {
    const { log, clock } = aLog('2026-02-05T22:00:00.000Z');
    const recorded = [];
    for (let count = 0; count < 5; count += 1) {
      recorded.push(
        await log.record({ type: 'login', username: count % 2 ? aUsername('erin') : aUsername('frank') }),
      );
      clock.advanceSeconds(1_800);
    }
    const ofDay = recorded.filter(({ occurred_at }) => occurred_at.startsWith('2026-02-05')).toReversed();
    expect(ofDay).toHaveLength(4);

    const pages = [];
    let after: Position | undefined;
    do {
      const page = await log.byDay('2026-02-05', { limit: 3, after });
      pages.push(page.items);
      after = page.next;
    } while (after);
    expect(pages.flat()).toEqual(ofDay);
    expect(pages[0]).toHaveLength(3);

    const ofFrank = await log.byUser(aUsername('frank'), PAGE);
    expect(ofFrank.items).toEqual([recorded[4], recorded[2], recorded[0]]);
    expect(ofFrank.next).toBeUndefined();
  });

  it('keeps the order of events of the same millisecond', async () => {
    const { log } = aLog('2026-02-06T08:00:00.000Z');
    const recorded = [];
    for (let count = 0; count < 20; count += 1)
      recorded.push(await log.record({ type: 'login', username: aUsername('gina') }));
    expect((await log.byUser(aUsername('gina'), PAGE)).items).toEqual(recorded.toReversed());
  });
});

describe('an audit event', () => {
  const eventOf = (input: Partial<AuditInput>) =>
    auditEventOf(
      { type: 'login', username: ALICE, ...input },
      anEventId('event-1'),
      new Date('2026-02-01T00:00:00.000Z'),
    );

  it.each(AUDIT_EVENT_TYPES)('may be a %s', (type) => {
    expect(eventOf({ type }).event_type).toBe(type);
  });

  it('needs no actor and no facts of a request', () => {
    const nothing = { actor: null, address: null, user_agent: null, request_id: null, detail: {} };
    expect(eventOf({})).toMatchObject(nothing);
    expect(eventOf({ actor: null, address: '', userAgent: '', requestId: null })).toMatchObject(nothing);
  });

  it('does not store an unknown username, which is often a mistyped password', () => {
    expect(eventOf({ type: 'login_failure', username: UNKNOWN_SUBJECT }).username).toBe('(unknown)');
    expect(() => eventOf({ username: aUsername('My Password 1!') })).toThrow(ZodError);
  });

  it.each([
    ['a token', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'],
    ['a hash', '$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijkl'],
    ['an e-mail address', 'alice.example+tag@mail.example.com'],
  ])('removes %s from every field', (_name, secret) => {
    const event = eventOf({
      userAgent: `Agent ${secret} end`,
      requestId: secret,
      detail: { reason: `because of ${secret}!` },
    });
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(event.user_agent).toMatch(/^Agent \[removed\]/);
  });

  it.each([
    'password',
    'new_password',
    'refresh_token',
    'Authorization',
    'password_hash',
    'cookie',
    'secret',
  ])('removes the value of a detail named %s', (name) => {
    expect(eventOf({ detail: { [name]: 'hunter2' } }).detail).toEqual({ [name]: '[removed]' });
  });

  it('cuts long texts and replaces control characters', () => {
    const event = eventOf({
      userAgent: `a\nb\u0000${'x'.repeat(10_000)}`,
      requestId: 'r'.repeat(1_000),
      detail: Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [`name_${index}`, 'v'.repeat(1_000)]),
      ),
    });
    expect(event.user_agent).toHaveLength(256);
    expect(event.user_agent).toMatch(/^a\?b\?x/);
    expect(event.request_id).toHaveLength(100);
    expect(Object.keys(event.detail)).toHaveLength(10);
    expect(event.detail['name_0']).toHaveLength(200);
  });

  it('accepts a cut inside a surrogate pair', () => {
    const event = eventOf({ userAgent: `${'x'.repeat(255)}😀` });
    expect(event.user_agent).toBe(`${'x'.repeat(255)}?`);
  });

  it.each(['not an address', '1.2.3', '::ffff:1.2.3.4.5', 'fe80::1%eth0'])(
    'drops the address %s',
    (address) => {
      expect(eventOf({ address }).address).toBeNull();
    },
  );
});
