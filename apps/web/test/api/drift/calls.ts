const CREDENTIALS = { username: 'ada_lovelace', password: 'Analytical-Engine-1843' };
const CASH = { amount: '10.00', description: 'Pay', idempotencyKey: 'key-1' };
const CONVERSION = { from: 'EUR', to: 'JPY', amount: '50.00', fixes: 'from' };
const STAKE = { kind: 'stake', asset_id: 'SOL', quantity: '10' };
const UNSTAKE = { ...STAKE, kind: 'unstake' };
const TRANSFER = { to: 'bob', amount: '12.50' };
const LEDGER = { type: 'deposit', start: '2026-01-31T00:00:00.000Z', end: '2026-02-28T00:00:00.000Z' };
const LIMIT_ORDER = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '1.5', price: '100.00' };
const ASSET = {
  asset_id: 'NEW',
  symbol: 'NEW',
  name: 'New Coin',
  current_price: '1.50',
  description: null,
  category: 'token',
  status: 'active',
  circulating_supply: '21000000',
  market_cap: null,
  market_cap_rank: null,
  volume_24h: null,
  website: null,
  whitepaper: null,
  image: null,
  quantity_scale: 6,
  price_scale: 2,
  spread_bps: 10,
  fee_bps: 10,
  daily_volatility_bps: 100,
};
const AIRDROP_CONTENTS = [
  { asset_id: 'DOGE', recipients: [{ username: 'ada', quantity: '10' }] },
  { asset_id: 'DOGE', csv: 'username,quantity\nada,10' },
  { asset_id: 'DOGE', group: 'active_users', quantity: '10' },
  { asset_id: 'DOGE', group: 'holders', held_asset_id: 'BTC', quantity: '10' },
];

/** All calls of the client, with arguments that cover all of their parameters. */
export const CALLS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'account/cash.ts balanceQuery': [[]],
  'account/funding.ts cancelPayment': [['0190b7a0-0000-7000-8000-000000000001']],
  'account/funding.ts fundingLimitsQuery': [[]],
  'account/funding.ts paymentsQuery': [[]],
  'admin/funding.ts approveWithdrawal': [[{ username: 'ada', payment_id: 'payment-1' }]],
  'admin/funding.ts rejectWithdrawal': [[{ username: 'ada', payment_id: 'payment-1' }, 'A stolen card']],
  'admin/funding.ts withdrawalReviewsQuery': [[]],
  'admin/users.ts changeTier': [['ada', { tier: 'verified', reason: 'Papers were checked' }]],
  'account/cash.ts depositCash': [[CASH], [{ ...CASH, currency: 'EUR' }]],
  'account/portfolio.ts holdingQuery': [['BTC']],
  'account/cash.ts exportLedger': [[LEDGER], [{}]],
  'account/cash.ts ledgerQuery': [[LEDGER], [{}], [{ currency: 'EUR' }]],
  'account/cash.ts ledgerEntryQuery': [['000000000001-0190b7a0'], ['000000000001-0190b7a0', 'EUR']],
  'account/portfolio.ts portfolioHistoryQuery': ['1d', '1w', '1m', '3m', '1y', 'all'].map((range) => [range]),
  'account/analytics.ts ownAnalyticsQuery': [['7'], ['365']],
  'account/portfolio.ts portfolioQuery': [[]],
  'account/portfolio.ts pastPortfolioQuery': [['2026-01-31T00:00:00.000Z']],
  'account/portfolio.ts closedPositionsQuery': [[]],
  'account/recurring-buys.ts createRecurringBuy': [
    [
      {
        asset_id: 'BTC',
        amount: '25',
        every: 'week',
        if_refused: 'retry',
        starts_at: '2026-01-31T00:00:00.000Z',
      },
      'key-1',
    ],
  ],
  'account/recurring-buys.ts deleteRecurringBuy': [[{ recurring_buy_id: '0190b7a0' }]],
  'account/recurring-buys.ts recurringBuysQuery': [[]],
  'account/recurring-buys.ts switchRecurringBuy': [[{ recurring_buy_id: '0190b7a0' }, 'paused']],
  'account/staking.ts changeStake': [
    [STAKE, 'key-1'],
    [UNSTAKE, 'key-1'],
  ],
  'account/staking.ts stakePreviewQuery': [[STAKE], [UNSTAKE]],
  'account/staking.ts stakesQuery': [[]],
  'account/statements.ts exportStatement': [['2026-01']],
  'account/statements.ts statementMonthsQuery': [[]],
  'account/statements.ts statementQuery': [['2026-01']],
  'account/tax.ts chooseTaxMethod': [[2026, 'fifo']],
  'account/tax.ts exportTaxReport': [[2026]],
  'account/tax.ts openLotsQuery': [[]],
  'account/tax.ts taxMethodQuery': [[2026]],
  'account/tax.ts taxReportQuery': [[2026]],
  'account/performance.ts performanceQuery': [
    ...['1d', '1w', '1m', '3m', 'ytd', '1y', 'all'].map((range) => [range, undefined]),
    ['1m', 'BTC'],
  ],
  'account/performance.ts insightsQuery': [[]],
  'account/performance.ts targetQuery': [[]],
  'account/performance.ts saveTarget': [[{ cash: '40', assets: [{ asset_id: 'BTC', percentage: '60' }] }]],
  'account/performance.ts removeTarget': [[]],
  'admin/treasury.ts houseBookQuery': [['30']],
  'admin/treasury.ts exportHouseBook': [['30']],
  'admin/treasury.ts platformAnalyticsQuery': [['30']],
  'account/profile.ts profileQuery': [[]],
  'account/profile.ts updateProfile': [
    [
      {
        first_name: 'Ada',
        last_name: 'King',
        email: 'ada@example.com',
        phone: null,
        date_of_birth: '1915-12-10',
        marketing_emails_consent: true,
        current_password: CREDENTIALS.password,
      },
    ],
  ],
  'account/cash.ts withdrawCash': [[CASH]],
  'account/transfers.ts sendTransfer': [
    [{ ...TRANSFER, description: 'Lunch' }, 'key-1'],
    [TRANSFER, 'key-1'],
  ],
  'account/transfers.ts transferAllowanceQuery': [[]],
  'account/transfers.ts transferPreviewQuery': [[TRANSFER]],
  'account/wallets.ts conversionPreviewQuery': [[CONVERSION]],
  'account/wallets.ts conversionsQuery': [[]],
  'account/wallets.ts convertCash': [[{ ...CONVERSION, rate_bound: '1.09' }, 'key-1']],
  'account/wallets.ts walletsQuery': [[]],
  'admin/users.ts adjustBalance': [['ada', { amount: '-5.00', description: 'Mistake' }, 'key-1']],
  'admin/audit-events.ts auditEventsQuery': [[{ day: '2026-01-31' }], [{ username: 'ada_lovelace' }]],
  'admin/users.ts changeAccess': [
    ['ada', { role: 'moderator' }],
    ['ada', { status: 'suspended' }],
  ],
  'admin/assets.ts createAsset': [[ASSET]],
  'admin/assets.ts approvePriceProposal': [['BTC', '0190b7a0']],
  'admin/assets.ts priceProposalsQuery': [[]],
  'admin/assets.ts rejectPriceProposal': [['BTC', '0190b7a0']],
  'admin/assets.ts setAssetPrice': [
    ['BTC', { price: '1.50' }],
    ['BTC', { price: '1.50', force: true }],
  ],
  'admin/assets.ts switchTrading': [
    ['BTC', 'activate'],
    ['BTC', 'deactivate'],
  ],
  'admin/assets.ts updateAsset': [['BTC', { name: 'Bit Coin', fee_bps: 5 }]],
  'admin/users.ts freezeTransfers': [['ada', { frozen: true, reason: 'A stolen password' }]],
  'admin/airdrops.ts airdropsQuery': [[]],
  'admin/airdrops.ts createAirdrop': AIRDROP_CONTENTS.map((content) => [
    { content, reason: 'A gift' },
    'key-1',
  ]),
  'admin/airdrops.ts exportAirdrop': [['0190b7a0']],
  'admin/airdrops.ts previewAirdrop': AIRDROP_CONTENTS.map((content) => [content]),
  'admin/airdrops.ts steerAirdrop': ['approve', 'reject', 'pause', 'resume', 'cancel'].map((step) => [
    '0190b7a0',
    step,
  ]),
  'admin/refunds.ts anyOrderQuery': [['0190b7a0']],
  'admin/refunds.ts approveRefund': [['0190b7a0', '0190b7a1', 'key-1']],
  'admin/refunds.ts proposeRefund': [
    ['0190b7a0', { reason: 'Mistake' }],
    ['0190b7a0', { reason: 'Mistake', quantity: '0.5' }],
  ],
  'admin/refunds.ts refundPreviewQuery': [
    ['0190b7a0', {}],
    ['0190b7a0', { quantity: '0.5' }],
  ],
  'admin/refunds.ts refundProposalsQuery': [[]],
  'admin/refunds.ts rejectRefund': [['0190b7a0', '0190b7a1']],
  'admin/users.ts userQuery': [['ada']],
  'admin/users.ts userLedgerQuery': [['ada']],
  'admin/users.ts userOrdersQuery': [['ada']],
  'admin/users.ts userPortfolioQuery': [['ada']],
  'admin/users.ts usersQuery': [[{ search: 'ad' }], [{ email: 'ada@example.com' }]],
  'app-info.ts appInfoQuery': [[]],
  'auth/credentials.ts changePassword': [
    [{ current_password: CREDENTIALS.password, new_password: 'Difference-Engine-1822' }],
  ],
  'auth/sessions.ts endOtherSessions': [[]],
  'auth/sessions.ts endSession': [['0190b7a0-5c3e-7c5e-8f3e-2f8c5d1a4b6c']],
  'auth/credentials.ts logIn': [[CREDENTIALS]],
  'auth/credentials.ts logOut': [[]],
  'auth/credentials.ts register': [
    [{ ...CREDENTIALS, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' }],
  ],
  'auth/sessions.ts sessionsQuery': [[]],
  'exchange-rates.ts exchangeRatesQuery': [['USD'], ['JPY']],
  'market.ts assetsQuery': [[]],
  'market.ts currenciesQuery': [[]],
  'market.ts candlesQuery': ['1m', '5m', '15m', '1h', '1d'].map((interval) => [
    { assetId: 'BTC', interval, limit: 500 },
  ]),
  'market.ts marketOverviewQuery': [[]],
  'orders/place-order.ts cancelOrder': [['0190b7a0']],
  'orders/orders.ts orderExplanationQuery': [['0190b7a0']],
  'orders/orders.ts openOrdersQuery': [[], ['BTC']],
  'orders/orders.ts exportOrders': [[{ asset: 'BTC', status: 'completed' }]],
  'orders/orders.ts orderQuery': [['0190b7a0']],
  'orders/orders.ts readOrder': [['0190b7a0']],
  'orders/orders.ts orderHistoryQuery': [
    [{ asset: 'BTC', type: 'trailing_stop', status: 'completed' }],
    [{}],
  ],
  'orders/place-order.ts placeOrder': [
    [{ ...LIMIT_ORDER, client_order_id: 'order-1', expires_at: '2026-12-31T00:00:00.000Z' }],
    [
      {
        asset_id: 'BTC',
        order_type: 'trailing_stop',
        quantity: '1',
        trail_percent: '5',
        client_order_id: 'order-2',
      },
    ],
    [
      {
        asset_id: 'BTC',
        order_type: 'stop_loss',
        quantity: '1',
        stop_price: '5',
        client_order_id: 'order-3',
      },
    ],
  ],
  'orders/place-order.ts previewQuery': [['typed', LIMIT_ORDER]],
  'orders/orders.ts tradesQuery': [['BTC']],
};

/** Exports that are not calls. */
export const NO_CALLS = [
  // `/health` is not part of the API, so the document does not describe it.
  'admin/health.ts healthQuery',
  'admin/users.ts userKey',
  'app-info.ts useFreeDeposits',
  'orders/pending-orders.ts addPending',
  'orders/pending-orders.ts isPlacedHere',
  'orders/pending-orders.ts settlePending',
  'orders/pending-orders.ts usePendingOrders',
];
