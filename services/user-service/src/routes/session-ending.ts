import type { ServiceApp } from '@cnop/common/http/service-app';
import { getAudit, getClock, getIds, getSessions, getStore, getVerifier } from '../dependencies.ts';

/** Returns what a use case needs to end sessions with an audit event each, and to drop them from the caches at once. */
export function getSessionEnding(app: ServiceApp) {
  return {
    store: getStore(app),
    clock: getClock(app),
    ids: getIds(app),
    audit: getAudit(app),
    sessions: getSessions(app),
    verifier: getVerifier(app),
  };
}
