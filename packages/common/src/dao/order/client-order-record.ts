import { z } from 'zod';
import { clientOrderIdSchema, idSchema, usernameSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const clientOrderSchema = z.object({
  username: usernameSchema,
  client_order_id: clientOrderIdSchema,
  order_id: idSchema,
  /** Tells the request from another one under the same name. */
  request_hash: z.string(),
});
type ClientOrder = z.infer<typeof clientOrderSchema>;

/** One item for each name that a client gave to an order, kept for ever: two orders of one name meet here. */
export const clientOrderRecord = defineRecord<ClientOrder, Pick<ClientOrder, 'username' | 'client_order_id'>>(
  {
    table: 'users',
    schema: clientOrderSchema,
    key: ({ username, client_order_id }) => ({ pk: username, sk: `CLIENTORDER#${client_order_id}` }),
  },
);
