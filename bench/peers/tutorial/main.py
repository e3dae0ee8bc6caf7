"""The tutorial's stack: FastAPI, SQLModel and asyncpg, written as its readers write it.

Models and endpoints follow SQLModel's tutorial "FastAPI and Pydantic", with SQLAlchemy's
asynchronous engine; the page follows "Templates" in FastAPI's own documentation. All servers
give the newest items first, so their answers can be compared.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession


class ItemBase(SQLModel):
    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=10_000)


class Item(ItemBase, table=True):
    id: int | None = Field(default=None, primary_key=True)


class ItemCreate(ItemBase):
    pass


class ItemPublic(ItemBase):
    id: int


# Room for every connection of the load generator; the default would open and close some each time.
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=16, max_overflow=0)
async_session = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with async_session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)

templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))


@app.post("/items/", response_model=ItemPublic, status_code=201)
async def create_item(item: ItemCreate, session: SessionDep):
    db_item = Item.model_validate(item)
    session.add(db_item)
    await session.commit()
    await session.refresh(db_item)
    return db_item


@app.get("/items/", response_model=list[ItemPublic])
async def read_items(
    session: SessionDep, offset: int = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100
):
    statement = select(Item).order_by(Item.id.desc()).offset(offset).limit(limit)
    items = await session.exec(statement)
    return items.all()


@app.get("/", response_class=HTMLResponse)
async def item_page(request: Request, session: SessionDep, offset: int = 0):
    statement = select(Item).order_by(Item.id.desc()).offset(offset).limit(50)
    items = (await session.exec(statement)).all()
    return templates.TemplateResponse(
        request=request, name="items.html", context={"items": items, "next_offset": offset + 50}
    )


async def make_tables() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await engine.dispose()


if __name__ == "__main__":  # python main.py, once; two workers that did it at start would race
    asyncio.run(make_tables())
