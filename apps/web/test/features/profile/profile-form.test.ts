import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/api/account/profile.ts';
import { formOfProfile, profileChange, profileErrors } from '../../../src/features/profile/profile-form.ts';

const profile: Profile = {
  username: 'ada',
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Lovelace',
  phone: null,
  date_of_birth: '1990-12-10',
  marketing_emails_consent: false,
  role: 'customer',
  status: 'active',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};
const form = formOfProfile(profile);
const today = '2026-01-31';

describe('the form of a profile', () => {
  it('has nothing wrong and nothing to send as it comes', () => {
    expect(profileErrors(form, today)).toEqual({});
    expect(profileChange(form, profile)).toEqual({});
  });

  it('sends what was changed and nothing else', () => {
    const changed = { ...form, last_name: ' King ', marketing_emails_consent: true };
    expect(profileChange(changed, profile)).toEqual({ last_name: 'King', marketing_emails_consent: true });
  });

  it('takes away what was emptied', () => {
    expect(profileChange({ ...form, date_of_birth: '' }, profile)).toEqual({ date_of_birth: null });
  });

  it('takes another case of the same address for no change', () => {
    expect(profileChange({ ...form, email: 'Ada@Example.com' }, profile)).toEqual({});
  });

  it.each([
    ['first_name', ' ', 'This is needed.'],
    ['last_name', 'x'.repeat(101), 'This is too long.'],
    ['email', 'ada', 'This is not an e-mail address.'],
    ['email', '', 'This is needed.'],
    ['phone', '12345', 'Use 10 to 15 digits, with an optional + before them.'],
    ['date_of_birth', '2026-01-31', 'This is not in the past.'],
    ['date_of_birth', '1990-02-30', 'Give a whole date.'],
  ])('says what is wrong with %s %j', (field, value, message) => {
    expect(profileErrors({ ...form, [field]: value }, today)).toEqual({ [field]: message });
  });

  it('lets phone and date of birth be empty', () => {
    expect(profileErrors({ ...form, phone: '', date_of_birth: '' }, today)).toEqual({});
  });
});
