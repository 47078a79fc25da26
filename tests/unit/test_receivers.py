"""The receivers of alerts against real servers of this machine; hostile texts stay texts."""

import email
import email.policy
import json
import subprocess

import pytest
from alert_sample import SECRET, mail_server, settings, webhook

from iovolc.errors import ConfigError, TransientIOError
from iovolc.publish.mail import Mail, message_of
from iovolc.publish.packets import Packet
from iovolc.publish.receivers import Folder, deliver, receivers
from iovolc.publish.webhook import Webhook

HOSTILE = "Loki\r\nBcc: everyone@io.example\r\n\r\n<script>\u202e\x00 =?utf-8?q?x?= \u2028end"


def packet(text="Loki", name="e1-1-alert"):
    body = {
        "id": name, "event_id": "e1", "run_id": "r", "level": "alert", "level_before": "none", "reason": text,
        "place": text, "cutouts": None,
    }  # fmt: skip
    return Packet(name, f"Io: {text}", body)


def mail_settings(port=25, **changes):
    return settings(
        mail_to=("a@io.example",), mail_from="iovolc@io.example", mail_host="127.0.0.1", mail_port=port, **changes
    )


def test_texts_of_a_catalogue_cannot_become_headers():
    raw = message_of(packet(HOSTILE), mail_settings()).as_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Bcc"] is None
    assert message["To"] == "a@io.example"
    assert "\\r\\nBcc: everyone" in message["Subject"]
    body = message.get_body().get_content()
    assert not any(line.startswith("Bcc") for line in body.splitlines())
    assert "\u202e" not in body
    (attached,) = message.iter_attachments()
    assert json.loads(attached.get_content())["place"] == HOSTILE


def test_texts_of_a_catalogue_stay_values_of_json_and_cannot_name_files(tmp_path):
    Folder(tmp_path / "sink").deliver(packet(HOSTILE, "../../e1\n"))
    (path,) = tmp_path.rglob("*.json")
    assert path.parent == tmp_path / "sink"
    assert json.loads(path.read_text())["place"] == HOSTILE


def test_the_same_packet_is_the_same_file(tmp_path):
    for _ in range(2):
        Folder(tmp_path).deliver(packet())
    assert [path.name for path in tmp_path.iterdir()] == ["e1-1-alert.json"]


def test_a_redirect_is_not_followed():
    with webhook(307) as posted, pytest.raises(ConfigError, match="answers 307"):
        Webhook.at(posted.url, SECRET, "HOOK").deliver(packet())
    assert len(posted.requests) == 1


def test_nobody_at_the_address_may_pass_and_neither_address_nor_key_is_told():
    with webhook() as posted:
        gone = Webhook.at(posted.url, SECRET, "HOOK")
    pauses = []
    with pytest.raises(TransientIOError, match=r"127\.0\.0\.1 cannot be reached") as failed:
        deliver(gone, packet(), pauses.append)
    assert pauses == [1.0, 4.0]
    assert failed.value.__cause__ is None
    assert gone.url not in str(failed.value)
    assert SECRET not in repr(gone)
    assert gone.url not in repr(gone)


@pytest.mark.parametrize(
    "url", ["ftp://io.example/x", "io.example/x", "https:///x", "https://me:pw@io.example", "http://[", "http://a/ b"]
)
def test_an_address_that_cannot_be_used_is_refused_unquoted(url):
    with pytest.raises(ConfigError, match="the variable HOOK") as refused:
        receivers(settings(webhook_url_env="HOOK"), {"HOOK": url, "IOVOLC_WEBHOOK_SECRET": SECRET})
    assert url not in str(refused.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of this machine, with its key, in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    key, out = folder / "key.pem", folder / "cert.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    request += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(out)]
    try:
        subprocess.run(request, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    out.write_text(out.read_text() + key.read_text())
    return out


def test_a_login_goes_through_encryption_only(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(certificate) as received:
        Mail(mail_settings(received.port, mail_user="me"), "pass").deliver(packet())
    assert len(received.messages) == 1
    assert [encrypted for _, encrypted in received.logins] == [True]


@pytest.mark.parametrize(("answer", "error"), [("454 later", TransientIOError), ("535 wrong", ConfigError)])
def test_a_login_that_fails_is_told_without_the_password(certificate, monkeypatch, answer, error):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(certificate) as received:
        received.login_answer = answer
        mail = Mail(mail_settings(received.port, mail_user="me"), SECRET)
        with pytest.raises(error, match=f"answers {answer[:3]}") as refused:
            mail.deliver(packet())
    assert SECRET not in str(refused.value) + repr(mail)
    assert received.messages == []


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(certificate):
    with mail_server(certificate) as received, pytest.raises(ConfigError, match="SSLCertVerificationError"):
        Mail(mail_settings(received.port), "").deliver(packet())
    assert received.messages == []


def test_a_server_that_does_not_encrypt_gets_nothing():
    with mail_server() as received, pytest.raises(ConfigError, match="SMTPNotSupportedError"):
        Mail(mail_settings(received.port), "").deliver(packet())
    assert received.messages == []


@pytest.mark.parametrize(("answer", "error"), [("450 later", TransientIOError), ("550 never", ConfigError)])
def test_what_the_server_says_decides_whether_it_may_pass(answer, error):
    with mail_server() as received:
        received.refusals[:] = [answer]
        with pytest.raises(error, match=f"answers {answer[:3]}"):
            Mail(mail_settings(received.port, mail_starttls=False), "").deliver(packet())
    with pytest.raises(TransientIOError, match="cannot be reached"):
        Mail(mail_settings(received.port, mail_starttls=False), "").deliver(packet())
