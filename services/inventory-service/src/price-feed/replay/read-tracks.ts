import { readFile } from 'node:fs/promises';
import { ConfigError } from '@cnop/common/config/read-config';
import type { TrackPoint } from '../../domain/price-track.ts';
import { readPriceTrack } from '../../domain/price-track.ts';

/**
 * Reads the files of a replay.
 * @throws ConfigError that names the file, and the line when one is wrong
 */
export async function readTracks(
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly TrackPoint[]>> {
  const read = async ([assetId, path]: [string, string]) => {
    try {
      return [assetId, readPriceTrack(await readFile(path, 'utf8'))] as const;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`The prices of ${assetId} cannot be read from ${path}: ${reason}`, {
        cause: error,
      });
    }
  };
  return new Map(await Promise.all([...files].map(read)));
}
