// Plays a call's recording: waveform of both sides, seek by pointer or keys, speed.
const SIDES = [
  { name: "left", colour: "--accent", middle: 0.25 },
  { name: "right", colour: "--good", middle: 0.75 },
];

function clockText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function draw(canvas, peaks, share) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const bars = Math.max(1, Math.floor(width / 3));
  for (const side of SIDES) {
    const values = peaks[side.name];
    for (let bar = 0; bar < bars; bar += 1) {
      const begin = Math.floor((bar * values.length) / bars);
      const end = Math.max(begin + 1, Math.floor(((bar + 1) * values.length) / bars));
      const loudest = Math.max(0, ...values.slice(begin, end));
      const tall = Math.max(1.5, Math.sqrt(loudest) * height * 0.46);
      pen.globalAlpha = bar / bars < share ? 1 : 0.45;
      pen.fillStyle = style.getPropertyValue(side.colour);
      pen.fillRect(bar * 3, side.middle * height - tall / 2, 2, tall);
    }
  }
  pen.globalAlpha = 1;
  pen.fillStyle = style.getPropertyValue("--text");
  pen.fillRect(share * width - 0.75, 0, 1.5, height);
}

async function start(player) {
  const find = (name) => player.querySelector(`[data-${name}]`);
  const audio = find("audio");
  const note = find("player-note");
  const answer = await fetch(player.dataset.peaks);
  if (!answer.ok) {
    note.textContent = "The recording's file is not there any more.";
    find("play").disabled = true;
    return;
  }
  const peaks = await answer.json();
  const length = peaks.seconds;
  find("length").textContent = clockText(length);
  find("seek").max = String(length);
  const show = () => {
    const share = length ? Math.min(1, audio.currentTime / length) : 0;
    find("now").textContent = clockText(audio.currentTime);
    find("seek").value = String(audio.currentTime);
    draw(find("wave"), peaks, share);
  };
  const follow = () => {
    show();
    if (!audio.paused) requestAnimationFrame(follow);
  };
  find("play").addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  find("seek").addEventListener("input", (event) => {
    audio.currentTime = Number(event.target.value);
    show();
  });
  find("speed").addEventListener("change", (event) => {
    audio.playbackRate = Number(event.target.value);
    audio.defaultPlaybackRate = audio.playbackRate;
  });
  for (const name of ["play", "pause", "ended"]) {
    audio.addEventListener(name, () => {
      find("play-word").textContent = audio.paused ? "Play" : "Pause";
      follow();
    });
  }
  audio.addEventListener("seeked", show);
  audio.addEventListener("error", () => {
    note.textContent = "The recording could not be played.";
  });
  new ResizeObserver(show).observe(find("wave"));
  new MutationObserver(show).observe(document.documentElement, { attributes: true });
  show();
}

for (const player of document.querySelectorAll("[data-player]")) start(player);
