"""The process that holds the SIP library: JSON lines in, JSON lines out.

In:  {"id": 3, "do": "call", …} → out: {"id": 3, "ok": true, "result": …} or {"id": 3, "ok": false,
"error": …}; and, unasked, {"event": "call_state", …}. See `ACTIONS` for what it can do.

The library as PyPI has it holds four calls at most, so each phone is a process of its own.

One Endpoint, polled by this thread only (`threadCnt = 0`, `mainThreadOnly`), so no callback runs
beside another. Python keeps every call it ever had: the library gives the id of an ended call to
the next one at once, and a call object that dies later hangs up, and makes deaf, whoever has its id
then (pjproject issue 3856).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import Any

import pjsua2 as pj

POLL_MILLISECONDS = 10
_out = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # the library prints to standard output before its log is set up


def emit(message: dict[str, Any]) -> None:
    # One clock for every process of the machine.
    _out.write(json.dumps({"at": time.monotonic(), **message}) + "\n")


class WorkerCall(pj.Call):
    def __init__(self, account: WorkerAccount, call_id: int, name: str) -> None:
        super().__init__(account, call_id)
        self.account = account
        self.name = name
        self.tone: pj.AudioMedia | None = None
        self.recorders: dict[str, pj.AudioMediaRecorder] = {}
        self.ended = False
        self.digits = ""

    def onCallState(self, _prm: Any) -> None:  # noqa: N802 - the library's name
        info = self.getInfo()
        self.ended = info.state == pj.PJSIP_INV_STATE_DISCONNECTED
        if self.ended:
            self.recorders.clear()  # closes the files, which writes their headers
            self.tone = None
        emit(
            {
                "event": "call_state",
                "call": self.name,
                "state": info.stateText.lower(),
                "code": info.lastStatusCode,
                "reason": info.lastReason,
                "remote": info.remoteUri,
            }
        )

    def onCallMediaState(self, _prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            status = {
                pj.PJSUA_CALL_MEDIA_ACTIVE: "active",
                pj.PJSUA_CALL_MEDIA_LOCAL_HOLD: "local_hold",
                pj.PJSUA_CALL_MEDIA_REMOTE_HOLD: "remote_hold",
            }.get(media.status, "none")
            if status in ("active", "remote_hold"):
                self.connect_audio(index)
            emit(
                {
                    "event": "media",
                    "call": self.name,
                    "media": status,
                }
            )

    def connect_audio(self, index: int) -> None:
        audio = self.getAudioMedia(index)
        if self.tone is None:
            self.tone = play(self.account.sound) if self.account.sound else None
        if self.account.hz and self.tone is None:
            self.tone = play_tone(self.account.hz)
        if self.tone is not None:
            self.tone.startTransmit(audio)
        for recorder in self.recorders.values():
            audio.startTransmit(recorder)

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        self.digits += prm.digit
        emit(
            {
                "event": "digit",
                "call": self.name,
                "digit": prm.digit,
            }
        )

    def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
        emit(
            {
                "event": "transfer",
                "call": self.name,
                "code": prm.statusCode,
                "reason": prm.reason,
                "final": bool(prm.finalNotify),
            }
        )

        if prm.finalNotify and prm.statusCode // 100 == 2 and not self.ended:
            self.hangup(pj.CallOpParam())  # as desk phones do: the call is somebody else's now

    def onCallReplaced(self, prm: Any) -> None:  # noqa: N802
        # A peer's INVITE with Replaces took this call's place: adopt the new one.
        adopt(self.account, prm.newCallId, "")


class WorkerAccount(pj.Account):
    def __init__(self, hz: list[int], answer: str) -> None:
        super().__init__()
        self.hz = hz
        self.answer = answer
        self.sound = ""  # a wav file that each new call hears once, in place of the tone

    def onRegState(self, prm: Any) -> None:  # noqa: N802
        emit(
            {
                "event": "registration",
                "code": prm.code,
                "active": self.getInfo().regIsActive,
            }
        )

    def onMwiInfo(self, prm: Any) -> None:  # noqa: N802
        emit({"event": "message_lamp", "lit": "Messages-Waiting: yes" in prm.rdata.wholeMsg})

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        call = adopt(self, prm.callId, prm.rdata.wholeMsg)
        how = pj.CallOpParam()
        how.statusCode = {"manual": 180, "auto": 200}.get(self.answer, 486)
        if self.answer == "intercom" and "answer-after=0" in prm.rdata.wholeMsg.lower():
            how.statusCode = 200
        elif self.answer == "intercom":
            how.statusCode = 180
        call.answer(how)


def adopt(account: WorkerAccount, call_id: int, message: str) -> WorkerCall:
    name = next_name()
    call = WorkerCall(account, call_id, name)
    calls[name] = call
    info = call.getInfo()
    emit(
        {
            "event": "incoming",
            "call": name,
            "remote": info.remoteUri,
            "message": message,
        }
    )
    return call


def play(sound: str) -> pj.AudioMediaPlayer:
    player = pj.AudioMediaPlayer()
    player.createPlayer(sound, pj.PJMEDIA_FILE_NO_LOOP)
    return player


def play_tone(hz: list[int]) -> pj.ToneGenerator:
    tone = pj.ToneGenerator()
    tone.createToneGenerator(8000, 1)
    wave = pj.ToneDesc()
    wave.freq1 = hz[0]
    wave.freq2 = hz[1] if len(hz) > 1 else 0
    wave.on_msec = 1000
    wave.off_msec = 0
    waves = pj.ToneDescVector()
    waves.append(wave)
    tone.play(waves, True)
    return tone


calls: dict[str, WorkerCall] = {}
accounts: list[WorkerAccount] = []  # the one phone
_names = iter(range(1, 1_000_000))
endpoint = pj.Endpoint()


def next_name() -> str:
    return f"c{next(_names)}"


def start_library(log_file: str) -> None:
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.medConfig.clockRate = 8000
    config.medConfig.sndClockRate = 8000
    config.medConfig.ecTailLen = 0
    config.medConfig.noVad = True
    config.logConfig.level = 4
    config.logConfig.consoleLevel = 0
    config.logConfig.filename = log_file
    config.logConfig.msgLogging = 1
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        keep = {"PCMU/8000/1": 250, "PCMA/8000/1": 240}.get(codec.codecId, 0)
        endpoint.codecSetPriority(codec.codecId, keep)


def transport_on(address: str, port: int = 0) -> int:
    config = pj.TransportConfig()
    config.boundAddress = address
    config.publicAddress = address
    config.port = port
    return int(endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config))


def add_phone(
    uri: str,
    address: str,
    hz: list[int],
    answer: str,
    registrar: str = "",
    username: str = "",
    secret: str = "",
    port: int = 0,
) -> None:
    config = pj.AccountConfig()
    config.idUri = uri
    config.sipConfig.transportId = transport_on(address, port)
    config.mediaConfig.transportConfig.boundAddress = address
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.natConfig.contactRewriteUse = 0
    config.natConfig.viaRewriteUse = 0
    config.natConfig.sdpNatRewriteUse = 0
    if registrar:
        config.regConfig.registrarUri = registrar
        config.regConfig.timeoutSec = 120
        config.regConfig.retryIntervalSec = 1
        config.regConfig.firstRetryIntervalSec = 1
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", username, 0, secret))
    account = WorkerAccount(hz, answer)
    accounts.append(account)
    account.create(config)


def prefer_codec(codec: str) -> None:
    """Offer this one first, by the library's id, e.g. `G722/16000/1`."""
    endpoint.codecSetPriority(codec, 255)


def set_answer(answer: str) -> None:
    accounts[0].answer = answer


def set_sound(path: str) -> None:
    accounts[0].sound = path


def call(uri: str, headers: dict[str, str], local_uri: str = "") -> str:
    name = next_name()
    placed = WorkerCall(accounts[0], pj.PJSUA_INVALID_ID, name)
    calls[name] = placed
    how = pj.CallOpParam(True)
    how.txOption.localUri = local_uri
    for key, value in headers.items():
        header = pj.SipHeader()
        header.hName, header.hValue = key, value
        how.txOption.headers.append(header)
    placed.makeCall(uri, how)
    return name


def going(call: str) -> WorkerCall:
    """The call of this name; KeyError when it is over: its id may be another call's by now."""
    if calls[call].ended:
        raise KeyError(f"call {call} is over")
    return calls[call]


def answer(call: str, code: int = 200) -> None:
    how = pj.CallOpParam()
    how.statusCode = code
    going(call).answer(how)


def hang_up(call: str, code: int = 0) -> None:
    how = pj.CallOpParam()
    if code:
        how.statusCode = code
    with contextlib.suppress(KeyError):
        going(call).hangup(how)


def send_digits(call: str, digits: str) -> None:
    going(call).dialDtmf(digits)


def hold(call: str) -> None:
    going(call).setHold(pj.CallOpParam(True))


def unhold(call: str) -> None:
    how = pj.CallOpParam(True)
    how.opt.flag = pj.PJSUA_CALL_UNHOLD
    going(call).reinvite(how)


def transfer(call: str, uri: str) -> None:
    going(call).xfer(uri, pj.CallOpParam())


def transfer_attended(call: str, other: str) -> None:
    going(call).xferReplaces(going(other), pj.CallOpParam())


def start_recording(call: str, path: str) -> None:
    recorder = pj.AudioMediaRecorder()
    recorder.createRecorder(path)
    held = going(call)
    held.recorders[path] = recorder
    info = held.getInfo()
    for index, media in enumerate(info.media):
        if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status in (
            pj.PJSUA_CALL_MEDIA_ACTIVE,
            pj.PJSUA_CALL_MEDIA_REMOTE_HOLD,
        ):
            held.getAudioMedia(index).startTransmit(recorder)


def stop_recording(call: str, path: str) -> None:
    calls[call].recorders.pop(path, None)


ACTIONS = {
    action.__name__: action
    for action in (
        add_phone,
        set_answer,
        set_sound,
        call,
        answer,
        hang_up,
        prefer_codec,
        send_digits,
        hold,
        unhold,
        transfer,
        transfer_attended,
        start_recording,
        stop_recording,
    )
}


def perform(line: str) -> None:
    request = json.loads(line)
    action = ACTIONS[request.pop("do")]
    number = request.pop("id")
    try:
        result = action(**request)
    except pj.Error as error:
        emit({"id": number, "ok": False, "error": error.info()})
    except Exception as error:  # the far end turns it into a failed test
        emit({"id": number, "ok": False, "error": f"{type(error).__name__}: {error}"})
    else:
        emit({"id": number, "ok": True, "result": result})


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start_library(sys.argv[1])
    emit({"event": "started"})
    pending = b""
    while True:
        endpoint.libHandleEvents(POLL_MILLISECONDS)
        if not select.select([0], [], [], 0)[0]:
            continue
        read = os.read(0, 65536)
        if not read:
            break
        *lines, pending = (pending + read).split(b"\n")
        for line in lines:
            perform(line.decode())
    leave()


def leave() -> None:
    endpoint.hangupAllCalls()
    until = time.monotonic() + 0.5
    while time.monotonic() < until and any(not each.ended for each in calls.values()):
        endpoint.libHandleEvents(POLL_MILLISECONDS)
    _out.flush()
    os._exit(0)  # the library's own teardown can crash on Python's order of destruction


if __name__ == "__main__":
    main()
