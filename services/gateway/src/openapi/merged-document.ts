import { UpstreamError } from '@cnop/exception/errors';
import type { UpstreamName, Upstreams } from '../upstream.ts';
import { UPSTREAM_NAMES } from '../upstream.ts';
import { mergeDocuments } from './merge-documents.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import { openApiDocumentSchema } from './openapi-document.ts';

/**
 * Reads and merges the documents of all services.
 * @throws UpstreamError (502) when one cannot be read
 */
export async function readMergedDocument(upstreams: Upstreams, version: string): Promise<OpenApiDocument> {
  const read = async (name: UpstreamName): Promise<[UpstreamName, OpenApiDocument]> => {
    try {
      return [name, openApiDocumentSchema.parse(await upstreams[name].readDocument())];
    } catch (cause) {
      throw new UpstreamError(`The document of the ${name} service cannot be read.`, { cause });
    }
  };
  return mergeDocuments(new Map(await Promise.all(UPSTREAM_NAMES.map(read))), version);
}
