/** The most that one deposit brings, in USD. */
export const MAX_DEPOSIT_USD = '1000000';
