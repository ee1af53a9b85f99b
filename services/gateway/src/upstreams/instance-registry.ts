import { createRepeater } from '@cnop/common/scheduling/repeater';
import type { ReadSource } from './discovery.ts';
import type { Instance } from './instance.ts';

/** Writes facts and a message to the log of the process. */
export interface UpstreamLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** The instances of one service, which change while the process runs. */
export interface InstanceRegistry {
  readonly instances: readonly Instance[];
  /** The number of failed reads of a source. */
  readonly discoveryFailures: number;
  /** Reads all sources, starts probing, and reads the sources again at the interval. Never rejects. */
  start(): Promise<void>;
  /** Stops all of it and closes all connections. */
  close(): Promise<void>;
}

interface InstanceRegistryOptions {
  readonly sources: readonly URL[];
  readonly readSource: ReadSource;
  readonly intervalMilliseconds: number;
  readonly createInstance: (origin: URL) => Instance;
  readonly log: UpstreamLog;
}

/**
 * Creates the registry of the instances that the sources name. A new instance is probed before it gets requests. One that
 * vanished gets no more requests, finishes those in flight and is closed. When a source cannot be read, its last instances
 * stay.
 */
export function createInstanceRegistry(options: InstanceRegistryOptions): InstanceRegistry {
  const { sources, readSource, intervalMilliseconds, createInstance, log } = options;
  const known = new Map<string, Instance>();
  const draining = new Set<Instance>();
  const lastRead = new Map<URL, readonly URL[]>();
  const unreadable = new Set<URL>();
  let instances: readonly Instance[] = [];
  let discoveryFailures = 0;

  async function read(source: URL): Promise<void> {
    try {
      lastRead.set(source, await readSource(source));
      if (unreadable.delete(source)) log.info({ source: source.href }, 'the instances can be read again');
    } catch (error) {
      discoveryFailures++;
      // Once for an outage, however long it is.
      if (!unreadable.has(source))
        log.warn({ err: error, source: source.href }, 'the instances cannot be read');
      unreadable.add(source);
    }
  }

  function drain(instance: Instance): void {
    log.info({ instance: instance.origin.origin }, 'an instance has left');
    draining.add(instance);
    void instance.drain().then(() => draining.delete(instance));
  }

  function update(): void {
    const origins = new Map([...lastRead.values()].flat().map((origin) => [origin.origin, origin]));
    for (const [key, instance] of known) {
      if (origins.has(key)) continue;
      known.delete(key);
      drain(instance);
    }
    for (const [key, origin] of origins) {
      if (known.has(key)) continue;
      const instance = createInstance(origin);
      known.set(key, instance);
      instance.start();
      log.info({ instance: key }, 'an instance has joined');
    }
    instances = [...known.values()];
  }

  async function readAll(): Promise<void> {
    await Promise.all(sources.map(read));
    update();
  }

  const repeater = createRepeater({ everyMilliseconds: intervalMilliseconds, act: readAll });
  return {
    get instances() {
      return instances;
    },
    get discoveryFailures() {
      return discoveryFailures;
    },
    async start() {
      await repeater.run();
      if (sources.some(({ protocol }) => !/^https?:$/.test(protocol))) repeater.start();
    },
    async close() {
      await repeater.stop();
      await Promise.all([...known.values(), ...draining].map((instance) => instance.close()));
    },
  };
}
