import pytest


@pytest.mark.parametrize(
    ("question", "part", "title"),
    [
        ("How high is the tower?", "31 metres", "The tower"),
        ("What does a ticket cost?", "six crowns", "Visitors"),
        ("When does the fog horn sound?", "five seconds", "Fog"),
        ("Who treats an injured bird?", "Ines Halloran", "Birds"),
    ],
)
def test_a_question_is_answered_from_the_right_section(client, question, part, title):
    body = client.post("/api/chat", json={"message": question}).json()
    assert part in body["answer"]
    assert body["sources"][0]["title"] == title
    assert body["answered_by"] == "extract"


def test_what_the_text_does_not_hold_is_not_made_up(client):
    body = client.post("/api/chat", json={"message": "Who won the chess cup?"}).json()
    assert body["answer"] == "The handbook says nothing about that."


def test_a_conversation_is_remembered_in_order(client):
    first = client.post("/api/chat", json={"message": "How high is the tower?"}).json()
    key = first["conversation_id"]
    client.post("/api/chat", json={"message": "Can I bring a dog?", "conversation_id": key})
    said = client.get(f"/api/chat/{key}").json()
    assert [m["role"] for m in said] == ["user", "assistant", "user", "assistant"]
    assert said[2]["text"] == "Can I bring a dog?"


def test_an_empty_question_is_refused(client):
    assert client.post("/api/chat", json={"message": ""}).status_code == 422


def test_qdrant_being_away_is_a_503_with_a_sentence(client_with):
    client = client_with(qdrant_url="http://127.0.0.1:9")
    answer = client.post("/api/chat", json={"message": "How high is the tower?"})
    assert answer.status_code == 503
    assert "search index is not available" in answer.json()["detail"]
