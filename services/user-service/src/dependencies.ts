import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SessionChecker } from '@cnop/common/auth/session-state';
import type { TokenIssuer } from '@cnop/common/auth/token-issuer';
import type { TokenVerifier } from '@cnop/common/auth/token-verifier';
import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { LiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { dependency } from '@cnop/common/http/dependencies';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import type { StreamHub } from './streams/stream-hub.ts';
import type { PasswordQueue } from './use-cases/sessions/password-queue.ts';

// What the routes of this service need in addition to the DAOs.
export const [provideStore, getStore] = dependency<TableStore>('store');
export const [provideClock, getClock] = dependency<Clock>('clock');
export const [provideIds, getIds] = dependency<IdSource>('ids');
export const [providePasswords, getPasswords] = dependency<PasswordManager>('passwords');
export const [provideTokens, getTokens] = dependency<TokenIssuer>('tokens');
const [provideVerifier, getVerifier] = dependency<TokenVerifier>('verifier');
const [provideSessions, getSessions] = dependency<SessionChecker>('sessions');
export const [provideAudit, getAudit] = dependency<AuditLogger>('audit');
export const [provideLiveEventDao, getLiveEventDao] = dependency<LiveEventDao>('liveEventDao');
export const [provideCandleDao, getCandleDao] = dependency<CandleDao>('candleDao');
export const [provideQuotes, getQuotes] = dependency<QuoteBoard>('quotes');
export const [provideStreams, getStreams] = dependency<StreamHub>('streams');
export const [providePlayMoney, getPlayMoney] = dependency<PlayMoney>('playMoney');
export const [providePasswordQueue, getPasswordQueue] = dependency<PasswordQueue>('passwordQueue');
export { provideSessions, provideVerifier };

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
