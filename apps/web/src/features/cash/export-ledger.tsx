import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { LedgerFilter } from '../../api/account/ledger.ts';
import { exportLedger } from '../../api/account/ledger-export.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.ts';
import { saveFile } from '../../ui/save-file.ts';

export interface ExportLedgerProps {
  readonly filter: LedgerFilter;
  readonly isPossible: boolean;
}

/** Saves what the filter shows, all pages of it. */
export function ExportLedger({ filter, isPossible }: ExportLedgerProps) {
  const { mutate, isPending } = useMutation({
    mutationFn: exportLedger,
    onSuccess: (file) => {
      saveFile(file);
      notify({ tone: 'success', title: 'The movements were saved', description: file.name });
    },
    onError: (error) => {
      const { message, requestId, fields } = toProblem(error);
      const words = fields.length > 0 ? fields.map((field) => field.message).join(' ') : message;
      notify({
        tone: 'failure',
        title: 'The movements were not saved',
        description: requestId === undefined ? words : `${words} Request ${requestId}`,
      });
    },
  });
  return (
    <Button size="small" isBusy={isPending} disabled={!isPossible} onClick={() => mutate(filter)}>
      <Download aria-hidden="true" className="size-3.5" />
      Save as CSV
    </Button>
  );
}
