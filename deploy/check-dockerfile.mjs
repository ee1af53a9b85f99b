// Runs the steps of the Dockerfile without a container engine, then starts the result: `npm run check:image --prefix deploy`.
//
// The build runs in a copy-on-write view of this machine, in place of its base image. The final stage gets an empty root with
// Node and the libraries of its distroless image, and runs read-only as the user of the Dockerfile. Needs
// Linux and root, or `sudo`.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { contextFiles, readStages } from './image/read-dockerfile.mjs';

const repository = path.resolve(import.meta.dirname, '..');
/** The Node of the image, which `npm ci --prefix e2e/node-versions` installs. */
const NODE_24 = path.join(repository, 'e2e/node-versions/node_modules/node-24/bin/node');
const node = fs.existsSync(NODE_24) ? NODE_24 : process.execPath;

/** The packages of distroless/nodejs24-debian13 in megabytes, as `apt-cache show` gives their installed sizes. */
const BASE_PACKAGES_MEGABYTES = 26;
const NODE_24_MEGABYTES = 127;
const MAX_IMAGE_MEGABYTES = 200;
const BYTES_PER_MEGABYTE = 1_000_000;
const READY_TIMEOUT_MILLISECONDS = 60_000;

/** The packages of the base image whose libraries Node and native modules link. */
const LIBRARY_PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6'];
const LIBRARY = /\/[^/]+\.so(?:\.\d+)*$/;

const run = (command, args, options) =>
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });

/** Runs a shell command in another root folder. */
function runInRoot(root, { command, folder, env }) {
  const script = `cd "${folder}" && ${command}`;
  run('chroot', [root, '/bin/sh', '-ec', script], { env: { ...process.env, ...env } });
}

function mountEmpty(folder) {
  fs.mkdirSync(folder, { recursive: true });
  run('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
}

function mountDevices(root) {
  for (const name of ['dev', 'proc']) {
    fs.mkdirSync(path.join(root, name), { recursive: true });
    run('mount', ['--rbind', `/${name}`, path.join(root, name)]);
  }
}

/** Mounts a copy-on-write view of this machine with the Node of the image. */
function openBuildRoot(work) {
  const layers = path.join(work, 'layers');
  mountEmpty(layers);
  const root = path.join(work, 'build');
  for (const folder of [root, path.join(layers, 'upper'), path.join(layers, 'work')]) fs.mkdirSync(folder);
  const options = `lowerdir=/,upperdir=${layers}/upper,workdir=${layers}/work`;
  run('mount', ['-t', 'overlay', 'overlay', '-o', options, root]);
  mountDevices(root);
  fs.mkdirSync(path.join(root, 'node24'));
  fs.copyFileSync(node, path.join(root, 'node24/node'));
  return root;
}

/** Mounts an empty root with Node and the libraries of the distroless image. */
function openFinalRoot(work) {
  const root = path.join(work, 'final');
  mountEmpty(root);
  mountDevices(root);
  fs.mkdirSync(path.join(root, 'nodejs/bin'), { recursive: true });
  fs.copyFileSync(node, path.join(root, 'nodejs/bin/node'));
  const listed = execFileSync('dpkg', ['--listfiles', ...LIBRARY_PACKAGES], { encoding: 'utf8' });
  const libraries = listed.split('\n').filter((file) => LIBRARY.test(file) && fs.existsSync(file));
  for (const library of libraries) {
    fs.mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
    fs.copyFileSync(library, path.join(root, library));
  }
  return root;
}

/** Applies COPY: from the context, or from the root of another stage. */
function copyInto(root, folder, { from, owner, sources, destination }) {
  const target = path.join(root, path.resolve(folder, destination));
  if (from === undefined) {
    for (const file of contextFiles(repository, path.join(import.meta.dirname, 'Dockerfile.dockerignore'))) {
      if (!sources.some((source) => source === '.' || file === source || file.startsWith(`${source}/`)))
        continue;
      fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
      fs.copyFileSync(path.join(repository, file), path.join(target, file));
    }
    return;
  }
  for (const source of sources)
    run('cp', ['--archive', '--no-target-directory', path.join(from, source), target]);
  if (owner !== undefined) run('chown', ['--recursive', owner, target]);
}

/** Runs the steps of a stage and returns what it says about starting a container. */
function buildStage(stage, root, roots, env = {}) {
  const image = {
    env: { ...env },
    folder: '/',
    user: '0:0',
    volumes: [],
    entrypoint: [],
    command: [],
    health: [],
  };
  for (const step of stage.steps) {
    console.log(`${stage.name}: ${step.text}`);
    if (step.kind === 'env' || step.kind === 'arg') Object.assign(image.env, step.values);
    if (step.kind === 'workdir') {
      image.folder = step.folder;
      fs.mkdirSync(path.join(root, step.folder), { recursive: true });
    }
    if (step.kind === 'copy') copyInto(root, image.folder, { ...step, from: roots[step.from] });
    if (step.kind === 'run') runInRoot(root, { command: step.command, folder: image.folder, env: image.env });
    if (step.kind === 'user') image.user = step.user;
    if (step.kind === 'volume') image.volumes.push(...step.folders);
    if (step.kind === 'entrypoint') image.entrypoint = step.arguments;
    if (step.kind === 'cmd') image.command = step.arguments;
    if (step.kind === 'healthcheck') image.health = step.arguments;
  }
  return image;
}

/** Replaces the volumes by writable folders, and makes all else read-only. */
function sealRoot(root, { volumes, user }) {
  for (const volume of volumes) {
    mountEmpty(path.join(root, volume));
    run('chown', [user, path.join(root, volume)]);
    fs.chmodSync(path.join(root, volume), 0o700);
  }
  run('mount', ['-o', 'remount,ro', root]);
}

/** Returns a command in a sealed root, run by the user of the image without privileges. */
function inContainer(root, { user, folder }, command) {
  const [userId, groupId] = user.split(':');
  const place = [`--root=${root}`, `--wd=${folder}`, `--setgid=${groupId}`, `--setuid=${userId}`];
  return ['setpriv', ['--clear-groups', '--no-new-privs', 'unshare', ...place, ...command]];
}

/** Returns a port that no process uses: another one would answer the health check. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the container, waits until its health check passes, and stops it. */
async function startImage(root, image, settings) {
  const env = { ...image.env, PORT: String(await freePort()), ...settings };
  const [command, args] = inContainer(root, image, [...image.entrypoint, ...image.command]);
  const container = spawn(command, args, { env, stdio: 'inherit' });
  const ended = new Promise((resolve) => {
    container.once('exit', resolve);
  });
  const deadline = performance.now() + READY_TIMEOUT_MILLISECONDS;
  let isHealthy = false;
  while (!isHealthy && performance.now() < deadline && container.exitCode === null) {
    await wait(200);
    const [probe, probeArgs] = inContainer(root, image, image.health);
    const health = spawn(probe, probeArgs, { env, stdio: 'inherit' });
    isHealthy = await new Promise((resolve) => {
      health.once('exit', (code) => resolve(code === 0));
    });
  }
  container.kill('SIGTERM');
  const code = await ended;
  if (!isHealthy) throw new Error('The health check did not pass.');
  if (code !== 0) throw new Error(`The container ended with ${code} on SIGTERM.`);
}

function megabytesIn(folder) {
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { parentPath, name } of files) bytes += fs.statSync(path.join(parentPath, name)).size;
  return bytes / BYTES_PER_MEGABYTE;
}

async function check(work) {
  const [build, final] = readStages(path.join(import.meta.dirname, 'Dockerfile'));
  const buildRoot = openBuildRoot(work);
  buildStage(build, buildRoot, {}, { PATH: `/node24:${process.env.PATH}` });
  const finalRoot = openFinalRoot(work);
  const image = buildStage(final, finalRoot, { build: buildRoot });
  const megabytes = megabytesIn(path.join(finalRoot, 'app'));
  sealRoot(finalRoot, image);
  await startImage(finalRoot, image, {
    ALLOW_SIMULATED_PRICES: 'on',
    SIGNING_KEY_FILE: '/data/keys.json',
    LOG_LEVEL: 'warn',
  });
  const total = megabytes + NODE_24_MEGABYTES + BASE_PACKAGES_MEGABYTES;
  console.log(
    `The image starts read-only as ${image.user}. Its size: ${NODE_24_MEGABYTES} MB Node, ${BASE_PACKAGES_MEGABYTES} MB other packages ` +
      `of the base, ${megabytes.toFixed(1)} MB in /app: ${total.toFixed(0)} MB of at most ${MAX_IMAGE_MEGABYTES}.`,
  );
  if (total > MAX_IMAGE_MEGABYTES) throw new Error('The image is too large.');
}

/** The start of a command that runs as root in a namespace of its own, whose mounts end with it. */
const inNamespace = [
  ...(process.getuid() === 0 ? [] : ['sudo', '--non-interactive', '--preserve-env']),
  'unshare',
  '--mount',
];

function canMount() {
  const [command, ...args] = [...inNamespace, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'];
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

if (process.argv[2] === '--in-namespace') {
  await check(process.argv[3]);
} else if (canMount()) {
  const work = fs.mkdtempSync(path.join(tmpdir(), 'dockerfile-'));
  const script = [process.execPath, import.meta.filename, '--in-namespace', work];
  const [command, ...args] = [...inNamespace, ...script];
  try {
    run(command, args);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
} else {
  console.log('The Dockerfile is not checked: this needs Linux, and root or sudo.');
}
