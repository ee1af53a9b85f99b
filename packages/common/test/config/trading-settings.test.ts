import { maxQuoteAgeSecondsOf, orderProcessSettings } from '@cnop/common/config/trading-settings';
import { expect, it } from 'vitest';

const ageOf = (environment: Readonly<Record<string, string>>, sharesStore = false) =>
  maxQuoteAgeSecondsOf(orderProcessSettings.parse(environment), { sharesStore });

it.each([
  ['three ticks of the default', {}, 3],
  ['three ticks of another length', { PRICE_TICK_MILLISECONDS: '2500' }, 7.5],
  ['a second, however short the ticks are', { PRICE_TICK_MILLISECONDS: '10' }, 1],
  ['three polls of an exchange', { PRICE_FEED: 'exchange', PRICE_TICK_MILLISECONDS: '10' }, 3],
  ['three ticks of an exchange', { PRICE_FEED: 'exchange', PRICE_TICK_MILLISECONDS: '2000' }, 6],
  ['what the setting says', { MAX_QUOTE_AGE_SECONDS: '20' }, 20],
])('lets a quote be as old as %s', (_case, environment, seconds) => {
  expect(ageOf(environment)).toBe(seconds);
});

it.each([
  ['the time of a takeover', {}, 5],
  ['three ticks, where these are longer', { PRICE_TICK_MILLISECONDS: '2500' }, 7.5],
  ['what the setting says', { MAX_QUOTE_AGE_SECONDS: '2' }, 2],
])('lets a quote of another process be as old as %s', (_case, environment, seconds) => {
  expect(ageOf(environment, true)).toBe(seconds);
});
