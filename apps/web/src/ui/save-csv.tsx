import { useMutation } from '@tanstack/react-query';
import { Download as DownloadIcon, Printer } from 'lucide-react';
import { toProblem } from '../api/http/api-problem.ts';
import type { Download } from '../api/http/client.ts';
import { Button } from './button.tsx';
import { notify } from './notices.ts';

interface SaveCsvProps {
  /** What is saved, such as "The activity". */
  readonly subject: string;
  readonly load: () => Promise<Download>;
  readonly disabled?: boolean;
}

/** The button that saves a table as CSV, and reports the result. */
export function SaveCsv({ subject, load, disabled = false }: SaveCsvProps) {
  const { mutate, isPending } = useMutation({
    mutationFn: load,
    onSuccess: (file) => {
      saveFile(file);
      notify({ tone: 'success', title: `${subject} was saved`, description: file.name });
    },
    onError: (error) => {
      const { message, requestId, fields } = toProblem(error);
      const words = fields.length > 0 ? fields.map((field) => field.message).join(' ') : message;
      notify({
        tone: 'failure',
        title: `${subject} was not saved`,
        description: requestId === undefined ? words : `${words} Request ${requestId}`,
      });
    },
  });
  return (
    <Button size="small" isBusy={isPending} disabled={disabled} onClick={() => mutate()}>
      <DownloadIcon aria-hidden="true" className="size-3.5" />
      Save as CSV
    </Button>
  );
}

/** The button that prints the page. */
export function PrintButton() {
  return (
    <Button size="small" onClick={() => window.print()}>
      <Printer aria-hidden="true" className="size-3.5" />
      Print
    </Button>
  );
}

/** Offers a file to the user as a download. */
function saveFile({ content, name }: Download): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has started the download by then.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
