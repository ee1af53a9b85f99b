import { Check, Circle } from 'lucide-react';
import { passwordRules } from './password-rules.ts';

/** All rules of a new password, with those that are met marked. */
export function PasswordRulesList({ password }: { readonly password: string }) {
  return (
    <ul className="mt-1 grid gap-x-4 sm:grid-cols-2">
      {passwordRules(password).map(({ text, isMet }) => {
        const Icon = isMet ? Check : Circle;
        return (
          <li
            key={text}
            className={isMet ? 'flex items-center gap-1.5 text-gain' : 'flex items-center gap-1.5'}
          >
            <Icon aria-hidden="true" className="size-3 shrink-0" />
            {text}
            <span className="sr-only">{isMet ? ' Met.' : ' Not met yet.'}</span>
          </li>
        );
      })}
    </ul>
  );
}
