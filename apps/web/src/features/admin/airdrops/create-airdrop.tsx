import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Money, Quantity } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { FormProblem, TextField } from '../../../ui/field.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { unknownOutcomeText } from '../../../ui/outcome-notice.tsx';
import { UnsavedChanges } from '../../../ui/unsaved-changes.tsx';
import { AIRDROP_FIELDS } from './airdrop-form.ts';
import { usersInWords } from './airdrop-words.ts';
import { RecipientFields } from './recipient-fields.tsx';
import type { AskedAirdrop } from './use-create-airdrop.ts';
import { useCreateAirdrop } from './use-create-airdrop.ts';

const ASSETS_ID = 'airdrop-assets';

/** The form that creates an airdrop. Nothing is given before the administrator confirmed who gets how much. */
export function CreateAirdrop() {
  const { assets, form, refusal, asked, outcome, isChecking, ...actions } = useCreateAirdrop();
  const { errors, lines, rest } = refusal;
  const isSending = outcome.kind === 'sending';
  const unknown = outcome.kind === 'unknown' ? unknownOutcomeText(outcome.problem) : undefined;
  return (
    <section aria-labelledby="create-airdrop-title" className="card grid gap-4 p-4">
      <h2 id="create-airdrop-title" className="font-medium">
        New airdrop
      </h2>
      <form noValidate onSubmit={actions.submit} className="grid gap-4">
        <TextField
          id="airdrop-asset"
          label="Asset"
          list={ASSETS_ID}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          value={form.asset}
          error={errors.asset}
          onChange={(event) => actions.change({ asset: event.target.value })}
        />
        <datalist id={ASSETS_ID}>
          {assets?.map(({ asset_id, name }) => (
            <option key={asset_id} value={asset_id}>
              {name}
            </option>
          ))}
        </datalist>
        <RecipientFields
          form={form}
          errors={errors}
          lines={lines}
          assetsId={ASSETS_ID}
          onChange={actions.change}
        />
        <TextField
          id="airdrop-reason"
          label="Reason"
          hint="The recipients see it."
          autoComplete="off"
          value={form.reason}
          error={errors.reason}
          onChange={(event) => actions.change({ reason: event.target.value })}
        />
        <FormProblem message={rest ?? unknown} />
        <UnsavedChanges isUnsaved={AIRDROP_FIELDS.some((field) => form[field] !== '') && !isSending} />
        <Button type="submit" isBusy={isChecking || isSending}>
          Check the airdrop…
        </Button>
      </form>
      {asked && (
        <ConfirmAirdrop
          asked={asked}
          isBusy={isSending}
          onConfirm={() => void actions.confirm()}
          onClose={actions.back}
        />
      )}
    </section>
  );
}

interface ConfirmAirdropProps {
  readonly asked: AskedAirdrop;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says how many get how much, and asks for confirmation. */
function ConfirmAirdrop({ asked, isBusy, onConfirm, onClose }: ConfirmAirdropProps) {
  const { content, reason } = asked.request;
  const { recipients, total_quantity, total_value, needs_approval, first_recipients } = asked.preview;
  const { asset_id } = content;
  const each =
    'quantity' in content
      ? content.quantity
      : 'recipients' in content
        ? content.recipients[0]?.quantity
        : undefined;
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={`Give ${asset_id} to ${usersInWords(recipients)}?`}
      confirmLabel={needs_approval ? 'Propose the airdrop' : 'Start the airdrop'}
      cancelLabel="Back"
      tone="primary"
      focusOn="cancel"
      isBusy={isBusy}
    >
      <dl className="grid gap-1.5">
        <Fact label="Each gets">
          {each === undefined ? 'The units of their line' : <Quantity value={each} unit={asset_id} />}
        </Fact>
        <Fact label="Together">
          <Quantity value={total_quantity} unit={asset_id} className="font-semibold text-ink" />
        </Fact>
        <Fact label="Worth now">
          <Money value={total_value} />
        </Fact>
        <Fact label="Recipients">
          {first_recipients.join(', ')}
          {recipients > first_recipients.length &&
            ` and ${usersInWords(recipients - first_recipients.length)} more`}
        </Fact>
        <Fact label="Reason">{reason}</Fact>
      </dl>
      <p className="mt-3 text-ink">
        {needs_approval
          ? 'It is large, so it starts when another administrator approves it.'
          : 'It starts at once. What was given stays with the users.'}
      </p>
    </AlertDialog>
  );
}
