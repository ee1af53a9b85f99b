import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SessionChecker } from '@cnop/common/auth/session-state';
import type { TokenIssuer, TokenVerifier } from '@cnop/common/auth/token-manager';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { LiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { dependency } from '@cnop/common/http/dependencies';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import type { StreamHub } from './streams/stream-hub.ts';

/** What this service's routes ask for beside the DAOs. */
export const [provideStore, getStore] = dependency<TableStore>('store');
export const [provideClock, getClock] = dependency<Clock>('clock');
export const [provideIds, getIds] = dependency<IdSource>('ids');
export const [providePasswords, getPasswords] = dependency<PasswordManager>('passwords');
export const [provideTokens, getTokens] = dependency<TokenIssuer>('tokens');
export const [provideVerifier, getVerifier] = dependency<TokenVerifier>('verifier');
export const [provideSessions, getSessions] = dependency<SessionChecker>('sessions');
export const [provideAudit, getAudit] = dependency<AuditLogger>('audit');
export const [provideLiveEventDao, getLiveEventDao] = dependency<LiveEventDao>('liveEventDao');
export const [provideCandleDao, getCandleDao] = dependency<CandleDao>('candleDao');
export const [provideQuotes, getQuotes] = dependency<QuoteBoard>('quotes');
export const [provideStreams, getStreams] = dependency<StreamHub>('streams');
