import { aTime, aUsername } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/api/account/profile.ts';
import { formOfProfile, profileChange, profileErrors } from '../../../src/features/profile/profile-form.ts';

const profile: Profile = {
  username: aUsername('ada'),
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  phone: null,
  date_of_birth: '1990-12-10',
  marketing_emails_consent: false,
  role: 'customer',
  status: 'active',
  tier: 'standard',
  created_at: aTime('2026-01-01T00:00:00.000Z'),
  updated_at: aTime('2026-01-01T00:00:00.000Z'),
};
const form = formOfProfile(profile);
const today = '2026-01-31';

describe('the profile form', () => {
  it('has no errors and no changes initially', () => {
    expect(profileErrors(form, profile, today)).toEqual({});
    expect(profileChange(form, profile)).toEqual({});
  });

  it('sends only changed fields', () => {
    const changed = { ...form, last_name: ' King ', marketing_emails_consent: true };
    expect(profileChange(changed, profile)).toEqual({ last_name: 'King', marketing_emails_consent: true });
  });

  it('deletes cleared values', () => {
    expect(profileChange({ ...form, date_of_birth: '' }, profile)).toEqual({ date_of_birth: null });
  });

  it('ignores case in the same address', () => {
    expect(profileChange({ ...form, email: 'Ada@Example.com' }, profile)).toEqual({});
  });

  it.each([
    ['first_name', ' ', 'Required.'],
    ['last_name', 'x'.repeat(101), 'Too long.'],
    ['email', 'ada', 'This is not an e-mail address.'],
    ['email', '', 'Required.'],
    ['phone', '12345', 'Use 10 to 15 digits, with an optional + before them.'],
    ['date_of_birth', '2026-01-31', 'You must be at least 13 years old.'],
    ['date_of_birth', '1905-01-31', 'This is more than 120 years ago.'],
    ['date_of_birth', '1990-02-30', 'Enter a full date.'],
  ])('reports an error for %s %j', (field, value, message) => {
    expect(profileErrors({ ...form, current_password: 'x', [field]: value }, profile, today)).toEqual({
      [field]: message,
    });
  });

  it('requires and sends the password for another e-mail', () => {
    const moved = { ...form, email: 'Ada@Example.org' };
    expect(profileErrors(moved, profile, today)).toEqual({
      current_password: 'Enter your password to change the e-mail.',
    });
    expect(profileChange({ ...moved, current_password: 'Correct-Horse-7' }, profile)).toEqual({
      email: 'Ada@Example.org',
      current_password: 'Correct-Horse-7',
    });
  });

  it('ignores another spelling of the same address', () => {
    const known = { ...profile, email: 'a@m\u00fcnchen.de' };
    const same = { ...formOfProfile(known), email: 'A@xn--mnchen-3ya.de' };
    expect(profileErrors(same, known, today)).toEqual({});
    expect(profileChange(same, known)).toEqual({});
  });

  it('reports no errors for unchanged values that follow earlier rules', () => {
    const relic = { ...profile, email: 'a..b@example.com', first_name: '-', date_of_birth: '2020-01-01' };
    const changed = { ...formOfProfile(relic), phone: '(212) 555-0142' };
    expect(profileErrors(changed, relic, today)).toEqual({});
    expect(profileChange(changed, relic)).toEqual({ phone: '(212) 555-0142' });
  });

  it('allows phone and date of birth to be empty', () => {
    expect(profileErrors({ ...form, phone: '', date_of_birth: '' }, profile, today)).toEqual({});
  });
});
