import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The smallest piece that a disk writes whole. */
const SECTOR_BYTES = 512;
const DATA_FILE = 'data.mdb';
const ACKNOWLEDGEMENT = /^ACK (.+)\n$/;

/** Bytes that a process gave to the operating system. Places in the trace are line numbers. */
interface FileWrite {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** The first place at which they are known to be on disk; Infinity when that never came. */
  safeAt: number;
}

/** What a process did to its data file, and what it said of it, in order. */
export interface Trace {
  readonly writes: readonly FileWrite[];
  readonly acknowledgements: readonly { readonly at: number; readonly key: string }[];
  readonly lines: number;
}

interface Call {
  readonly name: string;
  readonly argumentText: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: number;
}

/** Reads what `strace -f -xx` wrote. */
export function readTrace(text: string): Trace {
  const lines = text.split('\n');
  const writes: FileWrite[] = [];
  const acknowledgements: Trace['acknowledgements'][number][] = [];
  const dataFiles = new Map<string, { readonly isSynced: boolean; position: number }>();

  for (const call of callsOf(lines)) {
    const descriptor = /^\d+/.exec(call.argumentText)?.[0] ?? '';
    const file = dataFiles.get(descriptor);
    if (call.name === 'openat') {
      dataFiles.delete(String(call.result));
      if (!unescaped(call.argumentText).toString().endsWith(`/${DATA_FILE}`)) continue;
      dataFiles.set(String(call.result), { isSynced: /O_D?SYNC/.test(call.argumentText), position: 0 });
    } else if (call.name === 'write' && descriptor === '1') {
      const key = ACKNOWLEDGEMENT.exec(unescaped(call.argumentText).toString())?.[1];
      if (key !== undefined) acknowledgements.push({ at: call.startedAt, key });
    } else if (!file) {
      continue;
    } else if (call.name === 'lseek') {
      file.position = call.result;
    } else if (call.name === 'fdatasync' || call.name === 'fsync') {
      for (const write of writes) {
        if (write.endedAt < call.startedAt) write.safeAt = Math.min(write.safeAt, call.endedAt);
      }
    } else {
      const isPositioned = call.name.startsWith('p');
      const offset = isPositioned ? Number(/(\d+)$/.exec(call.argumentText)?.[1]) : file.position;
      const bytes = unescaped(call.argumentText).subarray(0, call.result);
      if (!isPositioned) file.position += bytes.length;
      const { startedAt, endedAt } = call;
      writes.push({ startedAt, endedAt, offset, bytes, safeAt: file.isSynced ? endedAt : Infinity });
    }
  }
  return { writes, acknowledgements, lines: lines.length };
}

/** The calls in the order of their ends, with those put together that another thread interrupted. */
function* callsOf(lines: readonly string[]): Generator<Call> {
  const unfinished = new Map<string, { readonly text: string; readonly startedAt: number }>();
  for (const [endedAt, line] of lines.entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const interrupted = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
    if (interrupted !== undefined) {
      unfinished.set(thread, { text: interrupted, startedAt: endedAt });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const begun = resumed === undefined ? undefined : unfinished.get(thread);
    const text = begun ? begun.text + (resumed ?? '') : rest;
    const [, name, argumentText = '', result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(text) ?? [];
    if (name === undefined) continue;
    yield { name, argumentText, startedAt: begun?.startedAt ?? endedAt, endedAt, result: Number(result) };
  }
}

/** All strings of the arguments, one after the other. */
function unescaped(argumentText: string): Buffer {
  const strings = [...argumentText.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, escaped = '']) => escaped);
  return Buffer.from(strings.join('').replaceAll('\\x', ''), 'hex');
}

export interface PowerCut {
  /** Acknowledged before the power went. */
  readonly acknowledged: readonly string[];
  /** Of the writes that were under way or not flushed. */
  readonly unsafeWrites: number;
}

export interface PowerCutOptions {
  readonly trace: Trace;
  /** Place in the trace. */
  readonly at: number;
  readonly random: () => number;
  /** Lets sectors of one write go lost one by one, instead of all together. */
  readonly tearsWrites: boolean;
}

/** Makes the data file as a power cut may leave it: what was flushed, and any part of the rest. */
export async function leaveImage(
  folder: string,
  { trace, at, random, tearsWrites }: PowerCutOptions,
): Promise<PowerCut> {
  const begun = trace.writes.filter(({ startedAt }) => startedAt < at);
  const end = Math.max(0, ...begun.map(({ offset, bytes }) => offset + bytes.length));
  const image = Buffer.alloc(end);
  let size = 0;
  const put = (offset: number, bytes: Buffer) => {
    bytes.copy(image, offset);
    size = Math.max(size, offset + bytes.length);
  };
  let unsafeWrites = 0;
  for (const { offset, bytes, safeAt } of begun) {
    if (safeAt < at) {
      put(offset, bytes);
      continue;
    }
    unsafeWrites += 1;
    const pieceBytes = tearsWrites ? SECTOR_BYTES : bytes.length;
    for (let i = 0; i < bytes.length; i += pieceBytes) {
      if (random() < 0.5) put(offset + i, bytes.subarray(i, i + pieceBytes));
    }
  }
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, DATA_FILE), image.subarray(0, size));
  const acknowledged = trace.acknowledgements.filter((one) => one.at < at).map(({ key }) => key);
  return { acknowledged, unsafeWrites };
}
