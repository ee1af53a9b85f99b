// Reads a Dockerfile and its list of ignored files into steps that a script can run.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';

const STAGE = /^(?<image>\S+)(?:\s+as\s+(?<name>\S+))?$/i;

const inOneLine = (text) => text.replaceAll(/\\\n\s*/g, ' ');

/** Parses the JSON form of a command, the only one that works without a shell. */
const words = (text) => JSON.parse(text);

function assignments(text) {
  return Object.fromEntries(
    [...text.matchAll(/(?<name>\w+)=(?:"(?<quoted>[^"]*)"|(?<bare>\S*))/g)].map(({ groups }) => [
      groups.name,
      groups.quoted ?? groups.bare,
    ]),
  );
}

const READERS = {
  ARG: (text) => ({ kind: 'arg', values: assignments(text) }),
  ENV: (text) => ({ kind: 'env', values: assignments(text) }),
  WORKDIR: (folder) => ({ kind: 'workdir', folder }),
  RUN: (command) => ({ kind: 'run', command }),
  COPY: (text, { from, chown }) => {
    const paths = text.split(/\s+/);
    return { kind: 'copy', from, owner: chown, sources: paths.slice(0, -1), destination: paths.at(-1) };
  },
  USER: (user) => ({ kind: 'user', user }),
  VOLUME: (text) => ({ kind: 'volume', folders: text.split(/\s+/) }),
  ENTRYPOINT: (text) => ({ kind: 'entrypoint', arguments: words(text) }),
  CMD: (text) => ({ kind: 'cmd', arguments: words(text) }),
  HEALTHCHECK: (text) => ({ kind: 'healthcheck', arguments: words(text.replace(/^CMD\s+/, '')) }),
  LABEL: () => ({ kind: 'label' }),
  EXPOSE: () => ({ kind: 'expose' }),
};

/**
 * Reads the stages of a Dockerfile.
 * @throws Error for an instruction that is not known here
 */
export function readStages(file) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(readFileSync(file, 'utf8')).getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = inOneLine(instruction.getRawArgumentsContent() ?? '');
    if (keyword === 'FROM') {
      const { image, name = 'final' } = STAGE.exec(text).groups;
      stages.push({ name, image, steps: [] });
      continue;
    }
    const read = READERS[keyword];
    if (read === undefined) throw new Error(`${keyword} of the Dockerfile cannot be run by this script.`);
    // Such as `--from=build`.
    const flags = Object.fromEntries(
      (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]),
    );
    stages.at(-1).steps.push({ ...read(text, flags), text: `${keyword} ${text}` });
  }
  return stages;
}

/** Converts a pattern of a .dockerignore file, which also ignores what lies below a folder. */
function toExpression(pattern) {
  const parts = pattern
    .split('/')
    .map((part) =>
      part === '**' ? '(?:.+/)?' : `${part.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}/`,
    );
  return new RegExp(`^${parts.join('')}`);
}

/** Returns the files of the build context: those of the working tree that neither git nor the list ignores. */
export function contextFiles(root, ignoreFile) {
  const ignored = readFileSync(ignoreFile, 'utf8').split('\n').filter(Boolean).map(toExpression);
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return listed
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
    .filter((file) => !ignored.some((expression) => expression.test(`${file}/`)));
}
