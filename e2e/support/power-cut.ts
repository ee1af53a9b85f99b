import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The smallest unit that a disk writes atomically. */
const SECTOR_BYTES = 512;
const DATA_FILE = 'data.mdb';
const ACKNOWLEDGEMENT = /^ACK (.+)\n$/;

/** A write of a process to its data file. Positions in the trace are line numbers. */
interface FileWrite {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** The first position at which the bytes are known to be on disk; Infinity if there is none. */
  safeAt: number;
}

/** The writes and acknowledgements of a process, in order. */
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

/** Parses the output of `strace -f -xx`. */
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

/** Yields the calls in the order of their ends. Joins the parts of calls that another thread interrupted. */
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

/** Returns all strings of the arguments, concatenated. */
function unescaped(argumentText: string): Buffer {
  const strings = [...argumentText.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, escaped = '']) => escaped);
  return Buffer.from(strings.join('').replaceAll('\\x', ''), 'hex');
}

/** The state at a power cut. */
export interface PowerCut {
  /** The keys that were acknowledged before the power cut. */
  readonly acknowledged: readonly string[];
  /** The number of writes that were in progress or not flushed. */
  readonly unsafeWrites: number;
}

export interface PowerCutOptions {
  readonly trace: Trace;
  /** The position in the trace. */
  readonly at: number;
  readonly random: () => number;
  /** Whether single sectors of a write may be lost, instead of the whole write. */
  readonly tearsWrites: boolean;
}

/** Writes the data file as a power cut may leave it: all flushed writes, and any part of the others. */
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
