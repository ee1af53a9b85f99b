import type { OrderReason } from '@cnop/common/entities/order/order-preview';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import type { TicketField, TicketState } from './ticket-state.ts';
import { fieldsOf } from './ticket-state.ts';

export type TicketErrors = Partial<Record<TicketField, string>>;

const FIELD_OF: Readonly<Record<string, TicketField>> = {
  quantity: 'amount',
  price: 'limit',
  stop_price: 'stop',
  trail_amount: 'trail',
  trail_percent: 'trail',
};

/** The reasons of a preview, each at the field that would have to change. */
export function errorsOfReasons(reasons: readonly OrderReason[], state: TicketState): TicketErrors {
  return collect(
    reasons.map(({ field, message }) => ({ field, message })),
    state,
  );
}

/** The same for the answer to an order that was refused. */
export function errorsOfProblem(problem: ApiProblem, state: TicketState): TicketErrors {
  if (problem.fields.length === 0) return { form: problem.message };
  return collect(problem.fields, state);
}

function collect(
  complaints: readonly { readonly field: string | null; readonly message: string }[],
  { kind }: TicketState,
): TicketErrors {
  const shown = new Set<TicketField>(['amount', ...fieldsOf(kind)]);
  const errors: TicketErrors = {};
  for (const { field, message } of complaints) {
    const known = field === null ? undefined : FIELD_OF[field];
    // What has no field on the screen is said above the button.
    const place = known !== undefined && shown.has(known) ? known : 'form';
    errors[place] = errors[place] === undefined ? message : `${errors[place]} ${message}`;
  }
  return errors;
}
