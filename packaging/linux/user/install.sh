#!/bin/sh
# Puts ArtDesk into the menu of this user, from the folder where this file lies; needs no rights.
# "./install.sh --remove" takes it out again. Pictures and history are never touched.
set -e
here=$(dirname "$(readlink -f "$0")")
data=${XDG_DATA_HOME:-$HOME/.local/share}
if [ "$1" = --remove ]; then
    rm -f "$data/applications/artdesk.desktop" "$data/mime/packages/artdesk.xml"
    find "$data/icons/hicolor" -name 'artdesk.png' -o -name 'artdesk.svg' 2>/dev/null |
        while read -r icon; do rm -f "$icon"; done
    echo "ArtDesk is out of the menu. Your pictures and history stay in"
    echo "$HOME/Pictures/ArtDesk and $data/artdesk; this folder can be deleted."
else
    mkdir -p "$data/applications" "$data/mime/packages" "$data/icons"
    sed "s|^Exec=artdesk|Exec=\"$here/artdesk\"|" "$here/share/applications/artdesk.desktop" \
        >"$data/applications/artdesk.desktop"
    cp "$here/share/mime/packages/artdesk.xml" "$data/mime/packages/"
    cp -r "$here/share/icons/hicolor" "$data/icons/"
    echo "ArtDesk is in the menu."
fi
command -v update-desktop-database >/dev/null && update-desktop-database -q "$data/applications"
command -v update-mime-database >/dev/null && update-mime-database "$data/mime"
exit 0
