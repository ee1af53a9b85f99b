import type { AssetCategory, AssetStatus } from '@cnop/common/entities/inventory/asset';
import { assetCategorySchema, assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import type { ReactNode } from 'react';
import { STATUS_NAMES } from '../../../ui/badge.tsx';
import type { TextFieldProps } from '../../../ui/field.tsx';
import { DecimalField, TextArea, TextField } from '../../../ui/field.tsx';
import { Select } from '../../../ui/select.tsx';
import type { FieldErrors } from '../field-errors.ts';
import type { AssetField, AssetForm } from './asset-form.ts';
import { CATEGORY_NAMES, STATUS_MEANINGS } from './asset-words.ts';

const CATEGORIES = assetCategorySchema.options.map((value) => ({ value, label: CATEGORY_NAMES[value] }));
const STATUSES = assetStatusSchema.options.map((value) => ({ value, label: STATUS_NAMES[value] }));

export interface AssetFieldsProps {
  readonly form: AssetForm;
  readonly fieldErrors: FieldErrors<AssetField>;
  readonly onChange: (field: AssetField, text: string) => void;
  /** Whether the asset is new. The id and the quantity scale of an existing asset are fixed. */
  readonly isNew: boolean;
}

interface Group {
  readonly bind: (field: AssetField) => {
    readonly id: string;
    readonly value: string;
    readonly error: string | undefined;
    readonly onChange: (text: string) => void;
  };
  readonly isNew: boolean;
}

/** All fields of an asset, for creating and editing. */
export function AssetFields({ form, fieldErrors, onChange, isNew }: AssetFieldsProps) {
  const bind: Group['bind'] = (field) => ({
    id: field,
    value: form[field],
    error: fieldErrors[field],
    onChange: (text) => onChange(field, text),
  });
  return (
    <>
      <Identity bind={bind} isNew={isNew} />
      <Trading bind={bind} isNew={isNew} />
      <FieldGroup title="Figures">
        <DecimalField
          label="Circulating supply"
          unit="units"
          placeholder="Unknown"
          hint="Multiplied by the price, it gives the market cap."
          {...bind('circulating_supply')}
        />
        <DecimalField label="Rank" unit="" placeholder="None" {...bind('market_cap_rank')} />
        <DecimalField
          label="24 h volume"
          unit="USD"
          placeholder="Unknown"
          hint="Replaced by the volume of the platform while it makes the prices."
          {...bind('volume_24h')}
        />
      </FieldGroup>
      <FieldGroup title="Links">
        <Line type="url" label="Website" placeholder="https://" {...bind('website')} />
        <Line type="url" label="Whitepaper" placeholder="https://" {...bind('whitepaper')} />
        <Line type="url" label="Image" placeholder="https://" {...bind('image')} />
      </FieldGroup>
    </>
  );
}

function Identity({ bind, isNew }: Group) {
  const category = bind('category');
  return (
    <FieldGroup title="Description">
      {isNew && (
        <Line
          label="Id"
          hint="1 to 10 letters and digits, such as BTC. It can never be changed."
          autoCapitalize="characters"
          spellCheck={false}
          {...bind('asset_id')}
        />
      )}
      <Line label="Symbol" hint="As it is shown, up to 10 characters." {...bind('symbol')} />
      <Line label="Name" {...bind('name')} />
      <Select<AssetCategory>
        label="Category"
        options={CATEGORIES}
        value={category.value as AssetCategory}
        onChange={category.onChange}
      />
      <div className="col-span-full">
        <TextArea label="Description" {...bind('description')} />
      </div>
    </FieldGroup>
  );
}

function Trading({ bind, isNew }: Group) {
  const status = bind('status');
  return (
    <FieldGroup title="Trading">
      <div className="grid content-start gap-1">
        <Select<AssetStatus>
          label="Status"
          options={STATUSES}
          value={status.value as AssetStatus}
          onChange={status.onChange}
        />
        <p className="text-sm text-faint">{STATUS_MEANINGS[status.value as AssetStatus]}</p>
      </div>
      {isNew && <DecimalField label="First price" unit="USD" {...bind('current_price')} />}
      <DecimalField
        label="Fee"
        unit="bps"
        hint="Of a trade's total, in hundredths of a percent: 25 is 0.25%."
        {...bind('fee_bps')}
      />
      <DecimalField
        label="Spread"
        unit="bps"
        hint="Between bid and ask, in hundredths of a percent."
        {...bind('spread_bps')}
      />
      <DecimalField
        label="Daily volatility"
        unit="bps"
        hint="How far a simulated price moves in a day."
        {...bind('daily_volatility_bps')}
      />
      <DecimalField
        label="Digits of a price"
        unit="digits"
        hint={isNew ? 'After the point, 0 to 18.' : 'After the point. It can grow, not shrink.'}
        {...bind('price_scale')}
      />
      <DecimalField
        label="Digits of a quantity"
        unit="digits"
        hint={isNew ? 'After the point, 0 to 18. It can never be changed.' : 'After the point. It is fixed.'}
        isDisabled={!isNew}
        {...bind('quantity_scale')}
      />
    </FieldGroup>
  );
}

type LineProps = Omit<TextFieldProps, 'onChange'> & { readonly onChange: (text: string) => void };

function Line({ onChange, ...field }: LineProps) {
  return <TextField {...field} onChange={(event) => onChange(event.target.value)} />;
}

function FieldGroup({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="card min-w-0 p-4 pt-3">
      {/* By default a legend is placed on the border of its fieldset. */}
      <legend className="float-start w-full pb-3 text-base font-medium">{title}</legend>
      <div className="grid grid-cols-1 items-start gap-4 clear-both sm:grid-cols-2 lg:grid-cols-3">
        {children}
      </div>
    </fieldset>
  );
}
