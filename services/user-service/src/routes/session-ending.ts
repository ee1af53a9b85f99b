import type { ServiceApp } from '@cnop/common/http/service-app';
import { getAudit, getClock, getIds, getSessions, getStore, getVerifier } from '../dependencies.ts';

/** What ends sessions, in whatever route that happens: with a security event each, and seen by this process at once. */
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
