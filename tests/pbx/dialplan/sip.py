"""An INVITE as no phone would send it, and what comes back."""

from __future__ import annotations

import socket
import uuid


def invite(
    server_port: int,
    to: str,
    display: str = "x",
    user: str = "15550177",
    source: str = "127.0.0.2",
    seconds: float = 20,
) -> int:
    """The first final status (or the first ringing or answer) to an INVITE; it is then given up.

    0: nothing came back in so many seconds, as for what is no SIP at all.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind((source, 0))
        sip.settimeout(seconds)
        port = sip.getsockname()[1]
        call = uuid.uuid4().hex
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {source}\r\ns=-\r\nc=IN IP4 {source}\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )
        common = (
            f"Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{call};rport\r\n"
            f'From: "{display}" <sip:{user}@{source}>;tag={call[:8]}\r\n'
            f"Call-ID: {call}\r\nMax-Forwards: 70\r\n"
        )
        uri = f"sip:{to}@127.0.0.1:{server_port}"
        head = f"INVITE {uri} SIP/2.0\r\n{common}To: <{uri}>\r\nCSeq: 1 INVITE\r\n"
        body = f"Contact: <sip:{user}@{source}:{port}>\r\nContent-Type: application/sdp\r\n"
        message = head + body + f"Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        sip.sendto(message.encode(), ("127.0.0.1", server_port))
        while True:
            try:
                answer = sip.recv(65535).decode("utf-8", "replace")
            except TimeoutError:
                return 0
            status = int(answer.split(" ", 2)[1])
            if answer.startswith("SIP/2.0") and status > 100:
                to_line = next(line for line in answer.splitlines() if line.startswith("To:"))
                kind = "ACK" if status >= 200 else "CANCEL"
                end = f"{kind} {uri} SIP/2.0\r\n{common}{to_line}\r\nCSeq: 1 {kind}\r\n"
                sip.sendto((end + "Content-Length: 0\r\n\r\n").encode(), ("127.0.0.1", server_port))
                if 200 <= status < 300:
                    bye = f"BYE {uri} SIP/2.0\r\n{common}{to_line}\r\nCSeq: 2 BYE\r\n"
                    bye = bye.replace(f"z9hG4bK{call}", f"z9hG4bKbye{call}")
                    sip.sendto(
                        (bye + "Content-Length: 0\r\n\r\n").encode(), ("127.0.0.1", server_port)
                    )
                return status
