"""A service of orders as connexion makes one: its code is found through its document."""

import shutil
import sys
import uuid

import connexion

from serve import serve

orders = {}


def list_orders(size=10, state=None):
    wanted = [o for o in orders.values() if state in (None, o.get("state"))]
    return wanted[:size]


def create_order(body):
    order = dict(body, id=uuid.uuid4().hex)
    orders[order["id"]] = order
    return order, 201


def get_order(order_id):
    return (orders[order_id], 200) if order_id in orders else (None, 404)


def put_order(order_id, body):
    if order_id not in orders:
        return None, 404
    orders[order_id] = dict(body, id=order_id)
    return orders[order_id]


def delete_order(order_id):
    return (None, 204 if orders.pop(order_id, None) else 404)


def greet(body):
    return {"greeting": f"Hello {body['name']}"}


if __name__ == "__main__":
    app = connexion.FlaskApp("orders", specification_dir=sys.path[0])
    app.add_api("orders.yaml")
    shutil.copy(f"{sys.path[0]}/orders.yaml", sys.argv[1])
    serve(app)
