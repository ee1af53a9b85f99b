import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { expect, test } from './support/test.ts';

test('a recurring buy buys once, is told when it is refused, is paused and deleted', async ({
  trader: { page },
}) => {
  const sent: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/recurring-buys'))
      sent.push(request.headers()['idempotency-key']);
  });
  await page.goto('/portfolio/recurring');
  await expect(page.getByText('No recurring buys')).toBeVisible();
  await page.getByRole('combobox', { name: 'Asset' }).click();
  await page.getByRole('option', { name: /\(LTC\)/ }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  const amount = page.getByRole('textbox', { name: 'Amount of each buy' });
  await expect(amount).toHaveAccessibleDescription(/Required/);
  await expect(amount).toBeFocused();
  await amount.fill('25');
  await page.getByRole('button', { name: 'Create' }).dblclick();
  await expect(page.getByText('Every week $25.00 of LTC.')).toBeVisible();
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatch(/\S/);

  const list = page.getByRole('list', { name: 'Your recurring buys' });
  const bought = list.getByRole('listitem').filter({ hasText: '$25.00 of LTC' }).first();
  await expect(bought).toContainText('1 buy,');
  await expect(bought.getByRole('list', { name: 'Last buys' })).toContainText('Bought');
  await expectNoBarriersInAnyTheme(page, 'recurring buys');

  await amount.fill('900000');
  await page.getByRole('button', { name: 'Create' }).click();
  const refused = list.getByRole('listitem').filter({ hasText: '$900,000.00 of LTC' }).first();
  await expect(refused).toContainText('Not enough cash.');
  await refused.getByRole('button', { name: 'Pause' }).click();
  await expect(refused).toContainText('Paused');
  await refused.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(list.getByText('$900,000.00')).toHaveCount(0);
  await expect(bought).toBeVisible();
});
