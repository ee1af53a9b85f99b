import Fastify from 'fastify';

// The yardstick: a bare Fastify server with schemas that returns the body it receives.

const echoSchema = {
  type: 'object',
  required: ['asset_id', 'order_type', 'quantity'],
  properties: { asset_id: { type: 'string' }, order_type: { type: 'string' }, quantity: { type: 'string' } },
} as const;

const balanceSchema = {
  type: 'object',
  properties: {
    username: { type: 'string' },
    current_balance: { type: 'string' },
    available_balance: { type: 'string' },
    held_balance: { type: 'string' },
    currency: { type: 'string' },
    total_deposits: { type: 'string' },
    total_withdrawals: { type: 'string' },
    total_orders: { type: 'string' },
    total_refunds: { type: 'string' },
    created_at: { type: 'string' },
    updated_at: { type: 'string' },
  },
} as const;

const BALANCE = {
  username: 'bench0',
  current_balance: '1000000.00',
  available_balance: '1000000.00',
  held_balance: '0.00',
  currency: 'USD',
  total_deposits: '1000000.00',
  total_withdrawals: '0.00',
  total_orders: '0.00',
  total_refunds: '0.00',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};

const app = Fastify();
app.post('/echo', { schema: { body: echoSchema, response: { 201: echoSchema } } }, (request, reply) =>
  reply.code(201).send(request.body),
);
app.get('/echo', { schema: { response: { 200: balanceSchema } } }, () => BALANCE);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
