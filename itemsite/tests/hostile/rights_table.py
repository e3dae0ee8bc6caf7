"""Who may do what: the answers of every address, and what forms send."""

# Visitors may nothing, but in the column "visitor", where they may view. "account" has no group,
# "staff" no rights, "clerk" is staff among the editors, "root" a superuser. "login" leads to a
# form for signing in; 302 in the other rows is what happens after the act. A form with text is not
# led away: its 403 shows the text again.
PAGES = """
                                            stranger visitor account reader editor staff clerk root
GET  /                                           302     302     302    302    302   302   302  302
GET  /items/                                   login     200     403    200    200   403   200  200
GET  /items.csv                                login     200     403    200    200   403   200  200
GET  /items.xlsx                               login     200     403    200    200   403   200  200
GET  /items.ndjson                             login     200     403    200    200   403   200  200
GET  /items/new/                               login   login     403    403    200   403   200  200
POST /items/new/                                 403     403     403    403    302   403   302  302
GET  /items/similar/                           login     200     403    200    200   403   200  200
GET  /items/delete/?id={item}                  login   login     403    403    200   403   200  200
POST /items/delete/?id={item}                  login   login     403    403    302   403   302  302
GET  /items/import/                            login   login     403    403    200   403   200  200
POST /items/import/                            login   login     403    403    303   403   303  303
GET  /items/import/{upload}/                   login     200     403    200    200   403   200  200
POST /items/import/{upload}/                   login   login     403    403    303   403   303  303
POST /items/import/{upload}/read/              login   login     403    403    303   403   303  303
POST /items/import/{upload}/discard/           login   login     403    403    303   403   303  303
GET  /items/import/{upload}/left-out/          login     200     403    200    200   403   200  200
GET  /items/{item}/                            login     200     403    200    200   403   200  200
GET  /items/{item}/edit/                       login   login     403    403    200   403   200  200
POST /items/{item}/edit/                         403     403     403    403    302   403   302  302
GET  /items/{item}/delete/                     login   login     403    403    200   403   200  200
POST /items/{item}/delete/                     login   login     403    403    302   403   302  302
POST /items/{item}/restore/                    login   login     403    403    404   403   404  404
GET  /changes/                                 login     200     403    200    200   403   200  200
GET  /changes/{cs}/                            login     200     403    200    200   403   200  200
GET  /changes/{cs}/undo/                       login   login     403    403    200   403   200  200
POST /changes/{cs}/undo/                       login   login     403    403    302   403   302  302
POST /language/                                  302     302     302    302    302   302   302  302
GET  /docs/                                      200     200     200    200    200   200   200  200
GET  /openapi.json                               200     200     200    200    200   200   200  200
POST /theme/                                     302     302     302    302    302   302   302  302
GET  /robots.txt                                 200     200     200    200    200   200   200  200
GET  /favicon.ico                                302     302     302    302    302   302   302  302
GET  /accounts/                                login   login     200    200    200   200   200  200
GET  /accounts/password/                       login   login     200    200    200   200   200  200
POST /accounts/password/                       login   login     422    422    422   422   422  422
GET  /accounts/forgotten/                        404     404     404    404    404   404   404  404
GET  /accounts/invite/                         login   login     403    403    403   403   403  200
POST /accounts/invite/                         login   login     403    403    403   403   403  200
GET  /accounts/invite/{user}/                  login   login     403    403    403   403   403  200
POST /accounts/invite/{user}/                  login   login     403    403    403   403   403  200
GET  /accounts/link/{user}/x/                    410     410     410    410    410   410   410  410
POST /accounts/link/{user}/x/                    410     410     410    410    410   410   410  410
GET  /accounts/login/                            200     200     200    200    200   200   200  200
POST /accounts/logout/                           302     302     302    302    302   302   302  302
GET  /accounts/keys/                           login   login     200    200    200   200   200  200
POST /accounts/keys/                           login   login     200    200    200   200   200  200
GET  /accounts/keys/{key}/revoke/              login   login     404    404    200   404   404  404
POST /accounts/keys/{key}/revoke/              login   login     404    404    302   404   404  404
GET  /admin/                                   login   login   login  login  login   200   200  200
GET  /admin/login/                               200     200     200    200    200   302   302  302
POST /admin/logout/                              302     302     302    302    302   302   302  302
GET  /admin/password_change/                   login   login   login  login  login   200   200  200
GET  /admin/password_change/done/              login   login   login  login  login   200   200  200
GET  /admin/autocomplete/                      login   login   login  login  login   403   403  403
GET  /admin/jsi18n/                            login   login   login  login  login   200   200  200
GET  /admin/r/{type}/{item}/                   login   login   login  login  login   302   302  302
GET  /admin/items/                             login   login   login  login  login   404   200  200
GET  /admin/nothing/                           login   login   login  login  login   404   404  404
GET  /admin/items/item/                        login   login   login  login  login   403   200  200
POST /admin/items/item/                        login   login   login  login  login   403   302  302
GET  /admin/items/item/add/                    login   login   login  login  login   403   200  200
POST /admin/items/item/add/                    login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/                 login   login   login  login  login   302   302  302
GET  /admin/items/item/{item}/change/          login   login   login  login  login   403   200  200
POST /admin/items/item/{item}/change/          login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/delete/          login   login   login  login  login   403   200  200
POST /admin/items/item/{item}/delete/          login   login   login  login  login   403   302  302
GET  /admin/items/item/{item}/history/         login   login   login  login  login   302   302  302
GET  /admin/items/apikey/                      login   login   login  login  login   403   403  200
POST /admin/items/apikey/                      login   login   login  login  login   403   403  302
GET  /admin/items/apikey/add/                  login   login   login  login  login   403   403  403
GET  /admin/items/apikey/{key}/                login   login   login  login  login   302   302  302
GET  /admin/items/apikey/{key}/change/         login   login   login  login  login   403   403  200
GET  /admin/items/apikey/{key}/delete/         login   login   login  login  login   403   403  200
POST /admin/items/apikey/{key}/delete/         login   login   login  login  login   403   403  302
GET  /admin/items/apikey/{key}/history/        login   login   login  login  login   403   403  200
GET  /admin/auth/group/                        login   login   login  login  login   403   403  200
GET  /admin/auth/group/add/                    login   login   login  login  login   403   403  200
POST /admin/auth/group/add/                    login   login   login  login  login   403   403  302
GET  /admin/auth/group/{group}/                login   login   login  login  login   302   302  302
GET  /admin/auth/group/{group}/change/         login   login   login  login  login   403   403  200
GET  /admin/auth/group/{group}/delete/         login   login   login  login  login   403   403  200
POST /admin/auth/group/{group}/delete/         login   login   login  login  login   403   403  302
GET  /admin/auth/group/{group}/history/        login   login   login  login  login   403   403  200
GET  /admin/auth/user/                         login   login   login  login  login   403   403  200
GET  /admin/auth/user/add/                     login   login   login  login  login   403   403  200
POST /admin/auth/user/add/                     login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/                  login   login   login  login  login   302   302  302
GET  /admin/auth/user/{user}/change/           login   login   login  login  login   403   403  200
GET  /admin/auth/user/{user}/password/         login   login   login  login  login   403   403  200
POST /admin/auth/user/{user}/password/         login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/delete/           login   login   login  login  login   403   403  200
POST /admin/auth/user/{user}/delete/           login   login   login  login  login   403   403  302
GET  /admin/auth/user/{user}/history/          login   login   login  login  login   403   403  200
"""

# A script without a key, with the cookie of root's session, and with keys. "looks" is an editor's
# read-only key, "closed" the key of an account that is not active. {cs} is a change set; {no}
# is no number of anything.
JSON = """
                          stranger visitor cookie account reader editor looks expired revoked closed
HEAD   /items/                 401     200    401     403    200    200   200     401     401    401
GET    /items/                 401     200    401     403    200    200   200     401     401    401
POST   /items/                 401     401    401     403    403    201   403     401     401    401
POST[] /items/                 401     401    401     403    403    201   403     401     401    401
PUT    /items/                 405     405    405     405    405    405   405     405     405    405
PATCH  /items/                 405     405    405     405    405    405   405     405     405    405
DELETE /items/                 405     405    405     405    405    405   405     405     405    405
HEAD   /items.csv              401     200    401     403    200    200   200     401     401    401
GET    /items.csv              401     200    401     403    200    200   200     401     401    401
POST   /items.csv              405     405    405     405    405    405   405     405     405    405
GET    /items.xlsx             401     200    401     403    200    200   200     401     401    401
GET    /items.ndjson           401     200    401     403    200    200   200     401     401    401
POST   /items/import/          401     401    401     403    403    200   403     401     401    401
GET    /items/import/          405     405    405     405    405    405   405     405     405    405
HEAD   /items/{item}/          401     200    401     403    200    200   200     401     401    401
GET    /items/{item}/          401     200    401     403    200    200   200     401     401    401
POST   /items/{item}/          405     405    405     405    405    405   405     405     405    405
PUT    /items/{item}/          401     401    401     403    403    200   403     401     401    401
PATCH  /items/{item}/          401     401    401     403    403    200   403     401     401    401
DELETE /items/{item}/          401     401    401     403    403    204   403     401     401    401
GET    /items/{deleted}/       401     410    401     403    410    410   410     401     401    401
DELETE /items/{deleted}/       401     401    401     403    403    410   403     401     401    401
GET    /items/{no}/            401     404    401     403    404    404   404     401     401    401
DELETE /items/{no}/            401     401    401     403    403    404   403     401     401    401
HEAD   /changes/               401     200    401     403    200    200   200     401     401    401
GET    /changes/               401     200    401     403    200    200   200     401     401    401
POST   /changes/               405     405    405     405    405    405   405     405     405    405
GET    /changes/?user=1        401     401    401     403    200    200   200     401     401    401
HEAD   /changes/{cs}/          401     200    401     403    200    200   200     401     401    401
GET    /changes/{cs}/          401     200    401     403    200    200   200     401     401    401
DELETE /changes/{cs}/          405     405    405     405    405    405   405     405     405    405
GET    /changes/{no}/          401     404    401     403    404    404   404     401     401    401
GET    /changes/{cs}/undo/     405     405    405     405    405    405   405     405     405    405
POST   /changes/{cs}/undo/     401     401    401     403    403    200   403     401     401    401
POST   /changes/{no}/undo/     401     401    401     403    403    404   403     401     401    401
GET    /items/new/           login   login    200   login  login  login login   login   login  login
GET    /accounts/keys/       login   login    200   login  login  login login   login   login  login
GET    /admin/               login   login    200   login  login  login login   login   login  login
"""

# Who may run a command holds the password of the database and may do everything.
COMMANDS = {
    "import_items": "whoever may reach the database",
    "undo": "whoever may reach the database",
    "prune_history": "whoever may reach the database",
    "erase_history": "whoever may reach the database",
    "forget_person": "whoever may reach the database",
    "create_api_key": "whoever may reach the database; the key may what its account may",
    "backup": "whoever may reach the database",
    "restore": "whoever may reach the database",
    "doctor": "whoever may run the site",
    "migrate": "whoever owns the database",
}

FORMS = {
    "/items/import/": {"cells": "x"},
    "/items/new/": {"name": "x"},
    "/items/delete/?id={item}": {"confirmed": "{confirmed}"},
    "/items/{item}/edit/": {"name": "x", "version": "1"},
    "/items/{item}/delete/": {"version": "1"},
    "/language/": {"language": "de"},
    "/theme/": {"theme": "dark"},
    "/accounts/invite/": {"username": "x"},
    "/accounts/keys/": {"name": "x", "expires": "30d"},
    "/admin/items/item/": {"action": "delete_selected", "_selected_action": "{item}", "post": "y"},
    "/admin/items/item/add/": {"name": "x"},
    "/admin/items/item/{item}/change/": {"name": "x"},
    "/admin/items/item/{item}/delete/": {"post": "yes"},
    "/admin/items/apikey/": {"action": "revoke", "_selected_action": "{key}"},
    "/admin/items/apikey/{key}/delete/": {"post": "yes"},
    "/admin/auth/group/add/": {"name": "x"},
    "/admin/auth/group/{group}/delete/": {"post": "yes"},
    "/admin/auth/user/add/": {
        "username": "x",
        "usable_password": "true",
        "password1": "long-enough-1",
        "password2": "long-enough-1",
    },
    "/admin/auth/user/{user}/password/": {
        "usable_password": "true",
        "password1": "long-enough-1",
        "password2": "long-enough-1",
    },
    "/admin/auth/user/{user}/delete/": {"post": "yes"},
}
