"""A service of tasks as FastAPI makes one: its document is made from the code."""

import json
import sys
from datetime import datetime, timezone
from enum import Enum
from uuid import UUID, uuid4

from fastapi import FastAPI, Header, HTTPException, Query
from pydantic import BaseModel, Field

from serve import serve

app = FastAPI(title="Tasks", version="1")


class Priority(str, Enum):
    low = "low"
    high = "high"


class NewTask(BaseModel):
    title: str = Field(min_length=1, max_length=60)
    priority: Priority = Priority.low
    points: int = Field(default=1, ge=0, le=100)
    share: float = Field(default=0.5, gt=0, lt=1)
    due: datetime | None = None
    labels: list[str] = Field(default=[], max_length=5)


class Task(NewTask):
    id: int
    created_at: datetime


class NewNote(BaseModel):
    text: str


class Note(NewNote):
    id: UUID
    task_id: int


tasks: dict[int, Task] = {}
notes: dict[UUID, Note] = {}


def find(task_id: int) -> Task:
    if task_id not in tasks:
        raise HTTPException(404, "no such task")
    return tasks[task_id]


@app.get("/tasks/")
def list_tasks(
    limit: int = Query(50, ge=1, le=100),
    offset: int = Query(0, ge=0),
    priority: Priority | None = None,
) -> list[Task]:
    wanted = [t for t in tasks.values() if priority in (None, t.priority)]
    return wanted[offset : offset + limit]


@app.post("/tasks/", status_code=201)
def create_task(task: NewTask) -> Task:
    number = max(tasks, default=0) + 1
    tasks[number] = Task(
        id=number, created_at=datetime.now(timezone.utc), **task.model_dump()
    )
    return tasks[number]


@app.get("/tasks/{task_id}")
def get_task(task_id: int) -> Task:
    return find(task_id)


@app.put("/tasks/{task_id}")
def replace_task(task_id: int, task: NewTask) -> Task:
    old = find(task_id)
    tasks[task_id] = Task(id=old.id, created_at=old.created_at, **task.model_dump())
    return tasks[task_id]


@app.delete("/tasks/{task_id}", status_code=204)
def delete_task(task_id: int) -> None:
    find(task_id)
    del tasks[task_id]


@app.post("/tasks/{task_id}/notes", status_code=201)
def add_note(task_id: int, note: NewNote) -> Note:
    find(task_id)
    made = Note(id=uuid4(), task_id=task_id, text=note.text)
    notes[made.id] = made
    return made


@app.get("/tasks/{task_id}/notes/{note_id}")
def get_note(task_id: int, note_id: UUID) -> Note:
    if note_id not in notes or notes[note_id].task_id != task_id:
        raise HTTPException(404, "no such note")
    return notes[note_id]


@app.get("/search")
def search(q: str = Query(min_length=2), exact: bool = False) -> list[Task]:
    return [t for t in tasks.values() if (t.title == q if exact else q in t.title)]


@app.get("/whoami")
def whoami(x_name: str = Header(pattern="^[a-z]+$")) -> dict[str, str]:
    return {"name": x_name}


with open(sys.argv[1], "w") as document:
    json.dump(app.openapi(), document)
serve(app)
