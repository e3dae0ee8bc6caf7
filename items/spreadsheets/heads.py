"""What people call the columns of their lists, for each field. A field's own name needs no word.

Case, accents, spaces, hyphens and underscores do not matter. If a file has several of a field's
words, the one that comes first here names the column, so the words that are often a number or a
kind come last.
"""

from items.models.item import WRITABLE

HEADS = {
    "name": (
        *("item name", "product name", "names", "title", "titles", "item", "items", "product"),
        *("products", "article", "thing", "things", "asset", "label", "subject"),
        *("Bezeichnung", "Artikelbezeichnung", "Artikelname", "Produktname", "Titel", "Benennung"),
        *("Gegenstand", "Artikel", "Produkt", "Ding", "Objekt"),
        *("nom", "désignation", "libellé", "intitulé", "titre", "produit", "objet"),
        *("nombre", "título", "denominación", "artículo", "producto", "objeto"),
        *("nome", "titolo", "denominazione", "articolo", "prodotto", "oggetto"),
        *("artigo", "produto", "naam", "titel", "omschrijving artikel", "navn", "namn", "nimi"),
        *("nazwa", "tytuł", "název", "názov", "ime", "isim", "név", "название", "наименование"),
        *("имя", "名称", "名前", "品名"),
    ),
    "description": (
        *("descriptions", "details", "detail", "notes", "note", "comment", "comments", "remark"),
        *("remarks", "text", "summary", "info", "information"),
        *("Beschreibung", "Bemerkung", "Bemerkungen", "Notiz", "Notizen", "Anmerkung"),
        *("Anmerkungen", "Kommentar", "Kommentare", "Erläuterung", "Hinweis", "Hinweise"),
        *("détails", "remarque", "remarques", "commentaire", "commentaires"),
        *("descripción", "detalles", "notas", "nota", "comentario", "comentarios"),
        *("observaciones", "descrizione", "dettagli", "commento", "commenti", "osservazioni"),
        *("descrição", "detalhes", "comentário", "observações", "omschrijving", "beschrijving"),
        *("opmerking", "opmerkingen", "beskrivelse", "beskrivning", "kuvaus", "opis", "popis"),
        *("açıklama", "leírás", "описание", "примечание", "комментарий", "描述", "説明", "备注"),
    ),
}


def words_of_fields() -> dict[str, list[str]]:
    return {field: [field, *HEADS.get(field, ())] for field in WRITABLE}
