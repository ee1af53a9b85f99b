/** Three candles and the name. */
export function Brand() {
  return (
    <>
      <svg aria-hidden="true" viewBox="0 0 24 24" className="size-6">
        <rect width="24" height="24" rx="6" className="fill-solid" />
        <path
          d="M7 6v12M12 4v16M17 7v10"
          className="stroke-on-solid"
          strokeOpacity="0.45"
          strokeWidth="1.2"
        />
        <rect x="5.2" y="10" width="3.6" height="5.5" rx="1" className="fill-on-solid" />
        <rect x="10.2" y="7" width="3.6" height="9" rx="1" className="fill-on-solid" />
        <rect x="15.2" y="9" width="3.6" height="4.5" rx="1" className="fill-on-solid" />
      </svg>
      <span className="hidden text-base font-semibold tracking-tight min-[400px]:block">CNOP</span>
    </>
  );
}
