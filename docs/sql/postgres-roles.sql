-- Roles for abstats on Postgres: one that builds, one that reads. Run once in the warehouse's
-- database, as its administrator. Put your own names for raw (sources), analytics (what dbt builds)
-- and the two roles.

-- Passwords are set elsewhere: \password abstats_builder
create role abstats_builder login;
create role abstats_reader login;

do $$
begin
    execute format('grant connect, temporary on database %I to abstats_builder', current_database());
    execute format('grant connect on database %I to abstats_reader', current_database());
end
$$;

-- The role that builds reads the sources, and owns one schema. Default privileges are of tables
-- that the role which runs this makes later: where another one loads, write `for role <loader>`.
grant usage on schema raw to abstats_builder;
grant select on all tables in schema raw to abstats_builder;
alter default privileges in schema raw grant select on tables to abstats_builder;
create schema analytics authorization abstats_builder;

-- Readers see the schema. The build grants them its public tables (var readers) and no other.
grant usage on schema analytics to abstats_reader;
