import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..', 'src');
/** Expressions that turn a decimal string into a number, or a number into digits. */
const INEXACT = /\bparseFloat\b|\.toFixed\(|\bNumber\(|\btoPrecision\(|\.valueAsNumber\b|type="number"/;
/** The only module that formats amounts. */
const FORMATTING = join('format', 'numbers.ts');

function inexactLines(text: string): string[] {
  return text.split('\n').filter((line) => INEXACT.test(line) && !/^\s*(?:\*|\/\*|\/\/)/.test(line));
}

describe('amounts', () => {
  it('become numbers only in the formatting module', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    expect(files.length).toBeGreaterThan(50);
    const offences = files
      .filter((file) => file !== FORMATTING)
      .flatMap((file) =>
        inexactLines(readFileSync(join(SOURCES, file), 'utf8')).map((line) => `${file}: ${line.trim()}`),
      );
    expect(offences).toEqual([]);
  });

  it('are found when they become numbers elsewhere', () => {
    expect(inexactLines('const cost = Number(price) * 2;\nconst shown = total.toFixed(2);')).toHaveLength(2);
  });
});
