"""Starts the processes of one installation, keeps each alive, and stops them together.

Each process stands alone: when one dies only that one is started again. On a server systemd does
this job instead (deploy/systemd).
"""
