"""One table of looks: what differs in meaning differs to the eye."""

import itertools

import numpy as np

from gtp_core.drawing import ramps, roles
from gtp_core.drawing.looks import oklab
from gtp_core.drawing.roles import Role
from gtp_core.methods.families import FAMILIES, INK

ROLES = [value for value in vars(roles).values() if isinstance(value, Role)]


def distance(first: str, second: str) -> float:
    return float(np.linalg.norm(oklab(first) - oklab(second)))


VARIANTS = {
    roles.GONE: (roles.GONE_TINT, roles.GONE_HIDDEN),
    roles.LEAVING: (roles.LEAVING_TINT, roles.LEAVING_HIDDEN, roles.LEAVING_FRAME),
    roles.LINK: (roles.KEY_LINK,),
}
"""Other ways to draw one thing have its name."""


def test_every_role_has_a_name_of_its_own() -> None:
    variants = [role for others in VARIANTS.values() for role in others]
    for first, others in VARIANTS.items():
        assert {role.name for role in others} == {first.name}
    names = [role.name for role in ROLES if role not in variants]
    assert len(set(names)) == len(names) > 15


def test_nothing_else_has_the_colour_of_the_selection() -> None:
    selection = roles.SELECTION.color
    assert selection == "#F0E442"
    ramp = ramps.heat(np.linspace(0.0, 1.0, 200)).tolist()
    others = ["#" + bytes(color).hex() for color in ramp]
    others += [role.color for role in ROLES if role.color and role != roles.SELECTION]
    others += [color for color in FAMILIES.values() if color != INK]
    assert min(distance(selection, other) for other in others) > 0.1


def test_the_three_kinds_of_edges_are_told_apart() -> None:
    edges = roles.SPATIAL_EDGE, roles.SEMANTIC_EDGE, roles.BOTH_EDGE
    assert [edge.color for edge in edges[:2]] == ["#F2F2F2", "#D55E00"]
    for first, second in itertools.combinations(edges, 2):
        assert first.color is not None
        assert second.color is not None
        assert distance(first.color, second.color) > 0.15


def test_a_link_has_the_colour_of_the_edge_that_it_runs_along() -> None:
    assert roles.SPATIAL_LINK.color == roles.SPATIAL_EDGE.color
    assert roles.SEMANTIC_LINK.color == roles.SEMANTIC_EDGE.color
    assert roles.BOTH_LINK.color == roles.BOTH_EDGE.color
    assert roles.LINK.color is None  # its method's


def test_kinds_are_told_apart_without_colour_too() -> None:
    edges = (roles.SPATIAL_EDGE, roles.SEMANTIC_EDGE, roles.BOTH_EDGE)
    links = (roles.SPATIAL_LINK, roles.SEMANTIC_LINK, roles.BOTH_LINK)
    assert len({role.dash for role in edges}) == 3
    assert [role.dash for role in links] == [role.dash for role in edges]


def test_arrows_of_all_kinds_are_on_one_scale() -> None:
    scales = {
        role.width
        for role in (
            roles.LINK,
            roles.KEY_LINK,
            roles.SPATIAL_LINK,
            roles.SEMANTIC_LINK,
            roles.BOTH_LINK,
        )
    }
    assert len(scales) == 1


def test_removed_patches_show_on_black_and_on_white_photos() -> None:
    paper, hatch = roles.GONE.color, roles.GONE_HATCH.color
    assert paper is not None
    assert hatch is not None
    assert distance(paper, "#000000") > 0.5
    assert distance(paper, "#FFFFFF") > 0.1
    assert distance(hatch, paper) > 0.2


def test_what_matters_more_lies_on_top() -> None:
    stack = (
        roles.GONE,
        roles.HEAT,
        roles.SPATIAL_EDGE,
        roles.LINK,
        roles.ORPHAN,
        roles.SELECTION,
    )
    orders = [role.order for role in stack]
    assert orders == sorted(set(orders))


def test_translucent_roles_have_no_casing_that_would_show_through() -> None:
    for role in ROLES:
        assert role.casing == 0.0 or role.opacity == (1.0, 1.0), role.name
